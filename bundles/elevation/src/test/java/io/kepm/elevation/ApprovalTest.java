package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.linux.FakeNotices;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Passwords;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.api.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalTest {

    private static final Person BOB = person("bob", 1002, "helpdesk");
    private static final Person CAROL = person("carol", 1003, "helpdesk");
    private static final Person ROOT = person("root", 0);

    @TempDir Path folder;
    private final FakeWorld world = new FakeWorld();
    private final TestApp bob = new TestApp(world);
    private final TestApp carol = new TestApp(world);
    private Grants grants;
    private Requests desk;

    private static Person person(String user, long uid, String... groups) {
        return new Person(user, uid, OptionalLong.of(uid), List.of(groups));
    }

    @BeforeEach
    void enrolApprovers() throws Exception {
        bob.enrol("bob", 1002);
        carol.enrol("carol", 1003);
        grants = world.grants();
        desk = world.desk(folder.resolve("persons.json"));
        world.engine.answers.add(pending(1, 1));
        world.log.drafts.clear();
    }

    // ------------------------------------------------------------------ the story

    @Test
    void who_waits_at_the_terminal_runs_once_it_is_approved() {
        world.person.onceTold = () -> done(act(Act.APPROVE, BOB, bob));
        assertThat(sudo("id")).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.person.told.get(0)).contains("waits for an approval by 1 of %helpdesk");
        assertThat(world.log.types())
                .containsExactly(
                        "POLICY_EVALUATION",
                        "REQUEST_CREATED",
                        "JUSTIFICATION_RECORDED",
                        "MFA_SUCCEEDED",
                        "REQUEST_STATUS_CHANGED",
                        "GRANT_CREATED",
                        "ELEVATION_STARTED",
                        "GRANT_USED",
                        "REQUEST_STATUS_CHANGED");
        assertThat(grants.list().get(0).why()).contains("approved: bob");
        assertThat(only().state()).isEqualTo(RequestState.USED);
    }

    @Test
    void who_does_not_wait_keeps_the_request_and_uses_its_approval_later() {
        assertThat(refused(ask(false, "id"))).contains("waits for it").contains("kepm requests");
        done(act(Act.APPROVE, BOB, bob));
        assertThat(ask(false, "id")).isInstanceOf(LaunchAnswer.Run.class);
        // One use: the next one asks anew.
        assertThat(refused(ask(false, "id"))).contains("waits for it");
        assertThat(world.book().list(request -> true)).hasSize(2);
    }

    @Test
    void an_approval_waits_no_longer_to_be_used_than_any_right_lasts_here() {
        world.engine.answers.clear();
        world.engine.answers.add(pending(1, 1, 366 * 1440));
        world.longest = Duration.ofMinutes(90);
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        assertThat(only().until()).isEqualTo(world.book().now().plus(world.longest));
        world.pass(world.longest.plusSeconds(1));
        assertThat(refused(ask(false, "id"))).contains("waits for it");
    }

    @Test
    void who_does_not_wait_is_told_what_became_of_it_once_and_that_is_on_record() throws Exception {
        FakeNotices notices = new FakeNotices();
        try (PersonalNotices personal =
                new PersonalNotices(notices, world.log, world.people, id -> false)) {
            world.book().watch(personal::moved);
            ask(false, "id");
            done(act(Act.APPROVE, BOB, bob));
            await(() -> interactions().contains("NOTIFIED"));
            assertThat(notices.shown)
                    .singleElement()
                    .asString()
                    .startsWith("show 1001 KEPM: `id` as root is approved by bob: run it again");
            // To use it up oneself is no news.
            assertThat(ask(false, "id")).isInstanceOf(LaunchAnswer.Run.class);
            notices.desktops = 0;
            ask(false, "id");
            done(act(Act.DENY, CAROL, carol));
            await(() -> interactions().contains("NOT_REACHED"));
            assertThat(notices.shown).hasSize(2);
            assertThat(notices.shown.get(1)).contains("`id` as root is denied by carol (request ");
            // Nobody is there still; then somebody is, and hears of it once.
            await(() -> tried(personal) && notices.shown.size() >= 3);
            notices.terminals = 1;
            personal.again();
            await(() -> interactions().equals(List.of("NOTIFIED", "NOT_REACHED", "NOTIFIED")));
        }
    }

    @Test
    void ab_37_news_of_somebody_who_went_reach_nobody_who_has_the_uid_now() throws Exception {
        FakeNotices notices = new FakeNotices();
        notices.desktops = 0;
        try (PersonalNotices personal =
                new PersonalNotices(notices, world.log, world.people, id -> false)) {
            world.book().watch(personal::moved);
            ask(false, "id");
            done(act(Act.DENY, BOB, bob));
            await(() -> interactions().contains("NOT_REACHED"));
            world.people.uidOwner = "mallory";
            notices.desktops = 1;
            await(() -> tried(personal) && world.people.owners.get() >= 2);
            ask(false, "id");
            done(act(Act.APPROVE, CAROL, carol));
            await(() -> world.people.owners.get() >= 3);
        }
        assertThat(notices.shown).hasSize(1);
    }

    /** That news reached nobody is on record a moment before it is kept for another time. */
    private static boolean tried(PersonalNotices personal) {
        personal.again();
        return true;
    }

    private List<String> interactions() {
        return List.copyOf(world.log.drafts).stream()
                .filter(draft -> draft.type() == AuditType.USER_INTERACTION)
                .map(AuditDraft::outcome)
                .toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 12_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void who_waits_at_the_terminal_learns_it_there_and_a_flood_of_news_holds_nobody_up()
            throws Exception {
        ApprovalWait wait = new ApprovalWait(world.book(), new PendingWatches(), () -> false);
        assertThat(wait.isAttended("x")).isFalse();
        FakeNotices notices = new FakeNotices();
        try (PersonalNotices personal =
                new PersonalNotices(notices, world.log, world.people, id -> true)) {
            world.book().watch(personal::moved);
            ask(false, "id");
            done(act(Act.APPROVE, BOB, bob));
            assertThat(notices.shown).isEmpty();
        }
        CountDownLatch slow = new CountDownLatch(1);
        Notices stuck =
                new Notices() {
                    @Override
                    public Shown show(Notice notice) throws InterruptedException {
                        slow.await();
                        return new Shown(1, 0, "");
                    }

                    @Override
                    public Shown type(Notice notice) {
                        throw new UnsupportedOperationException();
                    }
                };
        StoredRequest now = world.book().list(request -> true).get(0);
        StoredRequest denied = now.moved(RequestState.REVOKED, world.now, 0, "root");
        try (PersonalNotices personal =
                new PersonalNotices(stuck, world.log, world.people, id -> false)) {
            for (int i = 0; i < 3 * NoticeQueue.MOST; i++) {
                personal.moved(now, denied);
            }
            slow.countDown();
        }
    }

    @Test
    void asking_again_while_it_waits_makes_no_second_request() {
        ask(false, "id");
        ask(false, "id");
        assertThat(world.book().list(request -> true)).hasSize(1);
    }

    @Test
    void a_denied_request_is_refused_with_the_name_and_an_approver_needs_no_comment() {
        world.person.onceTold = () -> done(act(Act.DENY, BOB, bob));
        assertThat(refused(sudo("id"))).contains("is denied by bob");
    }

    @Test
    void who_is_gone_stops_waiting_and_the_request_stays() {
        world.person.onceTold = () -> world.person.there = false;
        assertThat(refused(sudo("id"))).contains("waits for it");
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
    }

    @Test
    void an_approval_that_comes_when_the_person_is_gone_is_kept_for_another_time() {
        world.person.onceTold =
                () -> {
                    done(act(Act.APPROVE, BOB, bob));
                    world.person.there = false;
                };
        world.person.looksBeforeGone = 1;
        assertThat(refused(sudo("id"))).contains("approved");
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
        assertThat(grants.list()).isEmpty();
    }

    @Test
    void time_escalates_then_expires_an_open_request_and_expires_an_approved_one()
            throws Exception {
        ask(false, "id");
        world.now = world.now.plus(Duration.ofMinutes(31));
        world.book().reconcile();
        assertThat(only().state()).isEqualTo(RequestState.ESCALATED);
        world.now = world.now.plus(Duration.ofMinutes(241));
        world.book().reconcile();
        assertThat(only().state()).isEqualTo(RequestState.EXPIRED);
        world.now = world.now.plus(Duration.ofDays(31));
        world.book().reconcile();
        assertThat(world.book().list(request -> true)).isEmpty();
        assertThat(world.log.types()).endsWith("REQUEST_REMOVED");

        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        world.now = world.now.plus(Duration.ofMinutes(1441));
        assertThat(refused(ask(false, "id"))).contains("waits for it");
    }

    @Test
    void whom_one_policy_escalates_to_decides_for_no_other_and_not_before() throws Exception {
        Person dave = person("dave", 1004);
        TestApp app = new TestApp(world);
        app.enrol("dave", 1004);
        Conditions.Approval one = block("P1", List.of("%helpdesk"), "dave");
        Conditions.Approval two = block("P2", List.of("dave"), "");
        world.engine.answers.clear();
        world.engine.answers.add(pending(List.of(one, two)));
        ask(false, "id");
        done(act(Act.APPROVE, dave, app));
        // His is the word of P2, and not yet of P1.
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
        done(act(Act.APPROVE, BOB, bob));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void once_it_is_escalated_the_other_one_may_decide_as_well() throws Exception {
        Person dave = person("dave", 1004);
        TestApp app = new TestApp(world);
        app.enrol("dave", 1004);
        world.engine.answers.clear();
        world.engine.answers.add(pending(List.of(block("P1", List.of("%helpdesk"), "dave"))));
        ask(false, "id");
        assertThat(act(Act.APPROVE, dave, app)).isInstanceOf(Outcome.Unknown.class);
        world.pass(Duration.ofMinutes(31));
        world.book().reconcile();
        assertThat(only().state()).isEqualTo(RequestState.ESCALATED);
        done(act(Act.APPROVE, dave, app));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void who_approved_for_one_policy_approves_for_the_other_once_it_is_escalated_to_him()
            throws Exception {
        Person dave = person("dave", 1004);
        TestApp app = new TestApp(world);
        app.enrol("dave", 1004);
        Conditions.Approval one = block("P1", List.of("%helpdesk"), "dave");
        Conditions.Approval two = block("P2", List.of("dave", "erin"), "");
        world.engine.answers.clear();
        world.engine.answers.add(pending(List.of(one, two)));
        ask(false, "id");
        done(act(Act.APPROVE, dave, app));
        world.pass(Duration.ofMinutes(31));
        world.book().reconcile();
        // What he said for P2 alone is not taken for his word on P1.
        Person erin = person("erin", 1005);
        TestApp other = new TestApp(world);
        other.enrol("erin", 1005);
        done(act(Act.APPROVE, erin, other));
        assertThat(only().state()).isEqualTo(RequestState.ESCALATED);
        done(act(Act.APPROVE, dave, app));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
        assertThat(only().approvedBy()).containsExactly("dave", "erin");
    }

    @Test
    void who_said_all_he_can_does_not_approve_twice_when_it_is_escalated() throws Exception {
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        world.pass(Duration.ofMinutes(31));
        world.book().reconcile();
        assertThat(why(act(Act.APPROVE, BOB, bob))).contains("already");
        assertThat(only().approvedBy()).containsExactly("bob");
    }

    @Test
    void a_request_that_expires_while_somebody_waits_was_not_refused_but_not_decided_in_time() {
        world.person.onceTold =
                () -> {
                    later(Duration.ofMinutes(31));
                    later(Duration.ofMinutes(241));
                };
        assertThat(sudo("id"))
                .isInstanceOfSatisfying(
                        LaunchAnswer.Refuse.class,
                        refuse -> assertThat(refuse.code()).isEqualTo(Launch.EXPIRED));
        assertThat(only().state()).isEqualTo(RequestState.EXPIRED);
    }

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

    // ------------------------------------------------------------------ abuse

    @Test
    void ab_94_an_approval_serves_that_command_only() {
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        for (String[] other : new String[][] {{"id", "-u"}, {"env"}, {"id", ""}}) {
            assertThat(refused(ask(false, other))).contains("waits for it");
        }
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        assertThat(refused(ask(false, "id"))).as("asked for more now").contains("waits for it");
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

    @Test
    void two_decisions_at_once_make_one() throws Exception {
        ask(false, "id");
        StoredRequest seen = world.book().list(r -> true).get(0);
        done(act(Act.DENY, BOB, bob));
        StoredRequest late = seen.moved(RequestState.APPROVED, world.now, 1, "");
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> world.book().move(seen, late, List.of(), List.of())))
                .isInstanceOf(RequestBook.Overtaken.class);
        assertThat(why(act(Act.APPROVE, CAROL, carol))).contains("too late").contains("denied");
    }

    @Test
    void a_user_has_so_many_open_requests_and_no_more() {
        for (int i = 0; i < RequestBook.MOST_OPEN; i++) {
            ask(false, "id", "-" + i);
        }
        assertThat(refused(ask(false, "id", "-z"))).contains("withdraw some");
    }

    @Test
    void ab_106_without_a_record_nothing_is_approved_or_used() {
        ask(false, "id");
        String id = only().id();
        world.log.broken = true;
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> desk.act(id, Act.APPROVE, ROOT, "", "")))
                .isInstanceOf(StorageException.class);
        world.log.broken = false;
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
    }

    @Test
    void requests_survive_a_restart() throws Exception {
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        RequestBook again = new RequestBook(world.log, world.log, () -> world.now);
        assertThat(again.list(r -> true)).isEqualTo(world.book().list(r -> true)).hasSize(1);
    }

    // ------------------------------------------------------------------ helpers

    private LaunchAnswer sudo(String... argv) {
        return ask(true, argv);
    }

    private LaunchAnswer ask(boolean canPrompt, String... argv) {
        return world.launch(grants).decide(request(canPrompt, argv), world.person);
    }

    private LaunchRequest request(boolean canPrompt, String... argv) {
        return world.sudo(Optional.of("the printer is stuck again"), canPrompt, argv);
    }

    private static String refused(LaunchAnswer answer) {
        return ((LaunchAnswer.Refuse) answer).message();
    }

    private AccessRequest only() {
        List<StoredRequest> all = world.book().list(request -> true);
        assertThat(all).hasSize(1);
        return all.get(0).shown();
    }

    private void later(Duration by) {
        world.pass(by);
        try {
            world.book().reconcile();
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    private Outcome act(Act act, Person who, TestApp app) {
        List<StoredRequest> open = world.book().list(request -> !request.state().isFinal());
        String id = open.isEmpty() ? world.book().list(r -> true).get(0).id() : open.get(0).id();
        return desk(id, act, who, app);
    }

    private Outcome desk(String id, Act act, Person who, TestApp app) {
        return desk(id, act, who, who.uid() == 0 ? () -> "" : app::code);
    }

    private Outcome desk(String id, Act act, Person who, java.util.function.Supplier<String> code) {
        try {
            return desk.act(id, act, who, code.get(), "");
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    private static void done(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }

    private static String why(Outcome outcome) {
        return ((Outcome.Refused) outcome).why();
    }

    static Decision pending(int required, int uses) {
        return pending(required, uses, 1440);
    }

    private static Decision pending(int required, int uses, int usableMinutes) {
        PolicyRef policy = new PolicyRef("P1", "asks", 1);
        return pending(
                List.of(
                        new Conditions.Approval(
                                policy,
                                required,
                                List.of("%helpdesk"),
                                "",
                                30,
                                240,
                                usableMinutes,
                                uses)));
    }

    private static Conditions.Approval block(
            String policy, List<String> approvers, String escalateTo) {
        return new Conditions.Approval(
                new PolicyRef(policy, "asks", 1), 1, approvers, escalateTo, 30, 240, 1440, 1);
    }

    private static Decision pending(List<Conditions.Approval> blocks) {
        Conditions plain = FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(60));
        PolicyRef policy = blocks.get(0).policy();
        Conditions conditions =
                new Conditions(
                        plain.runAs(),
                        plain.argv(),
                        plain.validFor(),
                        false,
                        List.of(),
                        10,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        blocks,
                        List.of());
        Reason reason =
                new Reason(Reason.POLICY, "asks first", Optional.of(policy), List.of(), true);
        return new Decision.Pending(
                List.of(Control.JUSTIFY, Control.APPROVAL), conditions, List.of(reason));
    }
}
