package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.OfflineApprovals.Reply;
import io.kepm.api.elevation.OfflineChallenge;
import io.kepm.api.elevation.OfflineKey;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Person;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OfflineApprovalTest {

    private static final Person ALICE =
            new Person("alice", 1001, OptionalLong.of(1001), List.of("alice"));
    private static final Person BOB =
            new Person("bob", 1002, OptionalLong.of(1002), List.of("helpdesk"));

    private static final OfflineChallenge.Command ID = command("alice", "root", "/usr/bin/id");
    private static final OfflineChallenge.Command ENV = command("alice", "root", "/usr/bin/env");

    private final FakeWorld world = new FakeWorld();
    private final OfflineKey site = OfflineKey.fresh(new SecureRandom());
    private final String machine = OfflineKey.machine("agent");
    private OfflineDesk desk;
    private Grants grants;

    @BeforeEach
    void prepare() throws Exception {
        grants = world.grants();
        world.engine.answers.add(ApprovalScene.pending(1, 1));
        desk = world.offline();
        assertThat(desk.takeKey(site.ofMachine(machine).line(), "root"))
                .isInstanceOf(Reply.Keyed.class);
    }

    @Test
    void an_answer_approves_the_request_and_is_on_record() throws Exception {
        ask("id");
        String challenge = challenge("id");
        assertThat(challenge).matches("([0-9A-Z]{4}-){5}[0-9A-Z]{4}");
        Reply done = answer("id", code(challenge).toLowerCase(java.util.Locale.ROOT));
        assertThat(done).isInstanceOf(Reply.Done.class);
        assertThat(only("id").state()).isEqualTo(RequestState.APPROVED);
        assertThat(world.log.drafts.get(world.log.drafts.size() - 1).details())
                .containsEntry("by", "offline code 1")
                .containsEntry("challenge", challenge);
        assertThat(ask("id")).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(grants.list().get(0).why()).contains("approved: offline code 1");
    }

    @Test
    void ab_99_what_the_approver_hears_is_what_the_challenge_was_made_for() throws Exception {
        ask("id");
        OfflineChallenge read = OfflineChallenge.parse(challenge("id")).orElseThrow();
        assertThat(read.isFor(command("alice", "root", "/usr/bin/id"))).isTrue();
        assertThat(read.isFor(command("alice", "root", "/usr/bin/env"))).isFalse();
        assertThat(read.isFor(command("alice", "root", "/usr/bin/id", ""))).isFalse();
        assertThat(read.isFor(command("bob", "root", "/usr/bin/id"))).isFalse();
    }

    @Test
    void ab_99_a_harmless_command_of_the_same_marks_approves_nothing_else() throws Exception {
        ask("env");
        OfflineChallenge read = OfflineChallenge.parse(challenge("env")).orElseThrow();
        OfflineChallenge.Command told = ID;
        for (int i = 0; !read.isFor(told); i++) {
            told = command("alice", "root", "/usr/bin/id", "ticket-" + i);
        }
        String code = site.ofMachine(machine).answer(read, told);
        assertThat(why(answer("env", code))).contains("wrong code");
        assertThat(only("env").state()).isEqualTo(RequestState.PENDING);
        assertThat(answer("env", site.ofMachine(machine).answer(read, ENV)))
                .isInstanceOf(Reply.Done.class);
    }

    private static OfflineChallenge.Command command(String user, String runAs, String... words) {
        return new OfflineChallenge.Command(user, runAs, List.of(words));
    }

    @Test
    void a_challenge_stays_the_same_as_long_as_the_request_waits() throws Exception {
        ask("id");
        String first = challenge("id");
        world.restart();
        desk = world.offline();
        assertThat(challenge("id")).isEqualTo(first);
        assertThat(world.log.drafts)
                .filteredOn(draft -> draft.outcome().equals("CHALLENGED"))
                .hasSize(1);
    }

    @Test
    void ab_99_a_code_counts_once_and_for_its_own_request() throws Exception {
        ask("id");
        ask("env");
        String code = code(challenge("id"));
        challenge("env");
        assertThat(why(answer("env", code))).contains("wrong code; 4 tries are left");
        assertThat(answer("id", code)).isInstanceOf(Reply.Done.class);
        assertThat(why(answer("id", code))).contains("too late");
        ask("id"); // used
        ask("id"); // another request for the same command
        String again = pending("id").id();
        assertThat(why(desk.answer(again, ALICE, code))).contains("nothing was asked");
        desk.challenge(again, ALICE);
        assertThat(why(desk.answer(again, ALICE, code))).contains("wrong code");
    }

    @Test
    void ab_99_a_code_of_another_machine_or_site_is_wrong() throws Exception {
        ask("id");
        OfflineChallenge own = OfflineChallenge.parse(challenge("id")).orElseThrow();
        OfflineChallenge other =
                new OfflineChallenge(
                        OfflineKey.machine("another"), own.counter(), own.request(), own.command());
        String elsewhere = site.ofMachine(other.machine()).answer(other, ID);
        assertThat(why(answer("id", elsewhere))).contains("wrong code");
        OfflineKey strange = OfflineKey.fresh(new SecureRandom()).ofMachine(machine);
        assertThat(why(answer("id", strange.answer(own, ID)))).contains("wrong code");
    }

    @Test
    void ab_99_five_wrong_ones_lock_the_user_out_with_an_alarm_also_after_a_restart()
            throws Exception {
        ask("id");
        String code = code(challenge("id"));
        for (int left = OfflineDesk.MOST_WRONG - 1; left > 0; left--) {
            assertThat(why(answer("id", "0000-0000-0000"))).contains("wrong code; " + left);
        }
        assertThat(why(answer("id", "0000-0000-0000"))).contains("locked for 61 min");
        assertThat(world.log.types()).contains("CIRCUIT_OPENED");
        world.restart();
        desk = world.offline();
        assertThat(why(answer("id", code))).as("the right one").contains("locked for");
        assertThat(only("id").state()).isEqualTo(RequestState.PENDING);
        world.pass(OfflineDesk.LOCKED);
        world.book().reconcile();
        assertThat(answer("id", code)).isInstanceOf(Reply.Done.class);
        ask("env");
        challenge("env");
        assertThat(why(answer("env", ""))).as("counted anew").contains("4 tries");
    }

    @Test
    void ab_99_without_a_key_nothing_is_taken_and_the_person_is_told() throws Exception {
        ask("id");
        String code = code(challenge("id"));
        assertThat(desk.forgetKey("root")).isInstanceOf(Reply.Keyed.class);
        assertThat(why(answer("id", code))).contains("no key").contains("offline-code import");
        assertThat(why(desk.challenge(only("id").id(), ALICE))).contains("no key");
        assertThat(desk.hasKey()).isFalse();
        assertThat(world.log.types()).contains("AUTHORIZATION_FAILED");
        assertThat(why(desk.forgetKey("root"))).contains("no key");
    }

    @Test
    void ab_99_a_key_that_was_replaced_answers_no_challenge_and_no_number_is_given_twice()
            throws Exception {
        ask("id");
        String old = challenge("id");
        OfflineKey other = OfflineKey.fresh(new SecureRandom());
        desk.takeKey(other.ofMachine(machine).line(), "root");
        assertThat(why(answer("id", code(old)))).contains("wrong code");
        ask("env");
        OfflineChallenge next = OfflineChallenge.parse(challenge("env")).orElseThrow();
        assertThat(next.counter()).isEqualTo(2);
        assertThat(answer("env", other.ofMachine(machine).answer(next, ENV)))
                .isInstanceOf(Reply.Done.class);
    }

    @Test
    void ab_99_a_store_put_back_gives_no_challenge_that_was_answered_before() throws Exception {
        ask("id");
        var before = new java.util.TreeMap<>(world.log.others);
        // The request is another one: the same command, asked for once more.
        world.log.others.keySet().removeIf(key -> key.startsWith("REQUESTS"));
        before.keySet().removeIf(key -> key.startsWith("REQUESTS"));
        world.restart();
        desk = world.offline();
        ask("id");
        String first = challenge("id");
        world.log.others.clear();
        world.log.others.putAll(before);
        world.restart();
        desk = world.offline();
        ask("id");
        String second = challenge("id");
        assertThat(OfflineChallenge.parse(second).orElseThrow().counter())
                .isEqualTo(OfflineChallenge.parse(first).orElseThrow().counter());
        assertThat(second).isNotEqualTo(first);
        assertThat(why(answer("id", code(first)))).contains("wrong code");
    }

    @Test
    void ab_101_another_user_learns_nothing_and_decides_nothing() throws Exception {
        ask("id");
        String code = code(challenge("id"));
        String id = only("id").id();
        assertThat(desk.challenge(id, BOB)).isInstanceOf(Reply.Unknown.class);
        assertThat(desk.answer(id, BOB, code)).isInstanceOf(Reply.Unknown.class);
        Person renamed = new Person("mallory", 1001, OptionalLong.of(1001), List.of());
        assertThat(desk.answer(id, renamed, code)).isInstanceOf(Reply.Unknown.class);
        assertThat(desk.answer("", ALICE, code)).isInstanceOf(Reply.Unknown.class);
    }

    @Test
    void a_code_is_the_approval_of_one_person_however_many_are_given() throws Exception {
        world.engine.answers.clear();
        world.engine.answers.add(ApprovalScene.pending(2, 1));
        ask("id");
        assertThat(answer("id", code(challenge("id")))).isInstanceOf(Reply.Done.class);
        assertThat(only("id").state()).isEqualTo(RequestState.PENDING);
        assertThat(why(desk.challenge(only("id").id(), ALICE))).contains("approved it already");
    }

    @Test
    void only_the_key_of_this_very_machine_is_taken() throws Exception {
        assertThat(why(desk.takeKey(site.line(), "root")))
                .contains("belongs on none of its machines")
                .contains(machine);
        String other = OfflineKey.machine("another");
        assertThat(why(desk.takeKey(site.ofMachine(other).line(), "root"))).contains(other);
        assertThat(why(desk.takeKey("kepm-machine-key-1 x y", "root"))).contains("no key");
        assertThat(desk.status().fingerprint())
                .isEqualTo(Optional.of(site.ofMachine(machine).fingerprint()));
        assertThat(world.log.drafts.toString()).doesNotContain(site.ofMachine(machine).line());
    }

    @Test
    void ab_106_without_a_record_no_code_counts() throws Exception {
        ask("id");
        String code = code(challenge("id"));
        world.log.broken = true;
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> answer("id", code)))
                .isInstanceOf(io.kepm.api.storage.StorageException.class);
        world.log.broken = false;
        assertThat(only("id").state()).isEqualTo(RequestState.PENDING);
        world.pass(Duration.ofMinutes(1));
        assertThat(answer("id", code)).isInstanceOf(Reply.Done.class);
    }

    private LaunchAnswer ask(String command) {
        return world.launch(grants)
                .decide(world.sudo(Optional.of("a good reason"), false, command), world.person);
    }

    private String challenge(String command) throws Exception {
        return ((Reply.Challenge) desk.challenge(pending(command).id(), ALICE)).text();
    }

    /** What the approver's tool makes of a challenge, with nothing but the site's key. */
    private String code(String challenge) {
        OfflineChallenge read = OfflineChallenge.parse(challenge).orElseThrow();
        return site.ofMachine(read.machine()).answer(read, read.isFor(ID) ? ID : ENV);
    }

    private Reply answer(String command, String code) throws Exception {
        return desk.answer(only(command).id(), ALICE, code);
    }

    private StoredRequest only(String command) {
        List<StoredRequest> all = world.book().list(r -> r.path().endsWith("/" + command));
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private StoredRequest pending(String command) {
        return world.book()
                .list(r -> r.path().endsWith("/" + command) && r.state().isOpen())
                .get(0);
    }

    private static String why(Reply reply) {
        return ((Reply.Refused) reply).why();
    }
}
