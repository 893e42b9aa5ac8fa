package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.linux.Passwords;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Who may decide, and what counts. */
class ApproversTest extends ApprovalScene {

    @Test
    void several_approvers_are_several_persons() {
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
        world.now = world.now.plusSeconds(30);
        assertThat(why(act(Act.APPROVE, BOB, bob))).contains("already");
        done(act(Act.APPROVE, CAROL, carol));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void ab_95_nobody_approves_what_he_asked_for_by_any_of_his_accounts() throws Exception {
        TestApp alice = new TestApp(world);
        alice.enrol("alice", 1001);
        ask(false, "id");
        Person herself = person("alice", 1001, "helpdesk");
        assertThat(why(act(Act.APPROVE, herself, alice))).contains("for himself");
        Files.writeString(folder.resolve("persons.json"), "{\"a\":[\"alice\",\"bob\"]}");
        assertThat(why(act(Act.APPROVE, BOB, bob))).contains("for himself");
        Files.writeString(folder.resolve("persons.json"), "{\"b\":[\"bob\",\"carol\"]}");
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        ask(false, "env");
        String env = world.book().list(r -> r.path().endsWith("/env")).get(0).id();
        done(desk(env, Act.APPROVE, BOB, bob));
        assertThat(why(desk(env, Act.APPROVE, CAROL, carol))).contains("already");
        Files.writeString(folder.resolve("persons.json"), "{");
        assertThat(why(desk(env, Act.APPROVE, CAROL, carol))).contains("nobody can approve now");
    }

    @Test
    void ab_95_an_approval_counts_by_the_groups_that_its_giver_is_in_when_the_last_one_comes() {
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        world.people.groupsOf.put("bob", List.of("staff"));
        done(act(Act.APPROVE, CAROL, carol));
        assertThat(only().state())
                .as("bob is no approver any more")
                .isEqualTo(RequestState.PENDING);
        world.people.groupsOf.put("bob", List.of("helpdesk"));
        done(act(Act.APPROVE, ROOT, bob));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void ab_141_who_approved_before_has_to_be_looked_up_or_nothing_is_decided() {
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        world.people.hangs = true;
        assertThat(why(act(Act.APPROVE, CAROL, carol))).contains("can't be looked up now");
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
    }

    @Test
    void ab_135_where_the_password_is_the_factor_an_approver_proves_with_it_or_with_an_own_factor()
            throws Exception {
        world.pam =
                password ->
                        password.equals("open sesame")
                                ? Passwords.Verdict.RIGHT
                                : Passwords.Verdict.WRONG;
        world.proof = Proof.password(world.factors);
        desk = world.desk(folder.resolve("persons.json"));
        Person dora = person("dora", 1005, "helpdesk");
        assertThat(desk.proofOf(dora)).isEqualTo("password");
        assertThat(desk.proofOf(BOB)).isEqualTo("totp");
        assertThat(desk.proofOf(ROOT)).isEqualTo(Requests.NO_PROOF);
        ask(false, "id");
        String id = only().id();
        assertThat(why(desk(id, Act.APPROVE, BOB, () -> "open sesame")))
                .as("a password does not stand in for an enrolled factor")
                .contains("wrong code");
        assertThat(why(desk(id, Act.APPROVE, dora, () -> "123456"))).contains("wrong password");
        assertThat(why(desk(id, Act.APPROVE, dora, () -> ""))).contains("wrong password");
        done(desk(id, Act.APPROVE, dora, () -> "open sesame"));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void ab_135_a_session_that_somebody_else_opened_approves_nothing() {
        ask(false, "id");
        Person bobInAlicesSession =
                new Person("bob", 1002, OptionalLong.of(1001), List.of("helpdesk"));
        assertThat(why(act(Act.APPROVE, bobInAlicesSession, bob))).contains("opened by somebody");
        Person bobOfNoLogin = new Person("bob", 1002, OptionalLong.empty(), List.of("helpdesk"));
        assertThat(why(act(Act.APPROVE, bobOfNoLogin, bob))).contains("opened by somebody");
        Person rootBySu = new Person("root", 0, OptionalLong.of(1001), List.of("root"));
        assertThat(why(act(Act.APPROVE, rootBySu, bob))).contains("opened by somebody");
        Person rootThatLeft = new Person("root", 0, OptionalLong.of(-1), List.of("root"));
        assertThat(why(act(Act.APPROVE, rootThatLeft, bob))).contains("opened by somebody");
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
        assertThat(world.log.types()).contains("AUTHORIZATION_FAILED");
        done(act(Act.APPROVE, ROOT, bob));
    }

    @Test
    void an_approver_needs_a_fresh_code_and_a_right_to_decide() throws Exception {
        ask(false, "id");
        assertThat(why(desk(only().id(), Act.APPROVE, BOB, () -> ""))).contains("wrong code");
        done(act(Act.APPROVE, BOB, bob));
        ask(false, "env");
        String env = world.book().list(r -> r.path().endsWith("/env")).get(0).id();
        assertThat(why(desk(env, Act.APPROVE, BOB, bob))).as("the same code").contains("wrong");
        Person dave = person("dave", 1004, "staff");
        assertThat(desk(env, Act.APPROVE, dave, bob)).isInstanceOf(Outcome.Unknown.class);
        assertThat(desk.visibleTo(dave)).isEmpty();
    }

    @Test
    void a_look_at_a_list_of_requests_of_others_is_on_record_once_a_minute() throws Exception {
        ask(false, "id");
        desk.visibleTo(BOB);
        desk.visibleTo(BOB);
        assertThat(listed()).isEqualTo(1);
        assertThat(world.log.drafts.get(world.log.drafts.size() - 1).details())
                .containsEntry("requests", "1")
                .containsEntry("ids", only().id().substring(0, 8));
        ask(false, "env");
        desk.visibleTo(BOB);
        assertThat(listed()).as("another list").isEqualTo(2);
        world.pass(Duration.ofMinutes(1));
        desk.visibleTo(BOB);
        assertThat(listed()).isEqualTo(3);
    }

    @Test
    void a_look_at_ones_own_requests_is_nobodys_business() throws Exception {
        ask(false, "id");
        assertThat(desk.visibleTo(person("alice", 1001))).hasSize(1);
        assertThat(listed()).isZero();
    }

    private long listed() {
        return world.log.drafts.stream().filter(d -> d.outcome().equals("LISTED")).count();
    }
}
