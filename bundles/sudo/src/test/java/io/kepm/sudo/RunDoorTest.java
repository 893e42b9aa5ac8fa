package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.TransientUnits;
import io.kepm.api.linux.TransientUnits.End;
import io.kepm.api.linux.TransientUnits.Order;
import io.kepm.api.policy.SourceLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunDoorTest {

    private final FakeDecision decision = new FakeDecision();
    private final FakeUnits units = new FakeUnits();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final KeepAlive keepAlive = new KeepAlive(Duration.ofSeconds(5));
    private final FakeConnection.Files files = new FakeConnection.Files();
    private final People people = new People();
    private final FakeEphemeralAccounts ephemeral = new FakeEphemeralAccounts(people::add);
    private final FakeRecordings recordings = new FakeRecordings();
    private Optional<SourceLimits.Turn.Refused> limit = Optional.empty();
    private OptionalLong login = OptionalLong.empty();
    private boolean traced;
    private int most = 4;
    private final RunDoor door =
            new RunDoor(
                    decision,
                    new Limits(),
                    units,
                    recordings,
                    new RunAsker(people, files, new Kernel(), ephemeral, Runnable::run),
                    new Admission(16, () -> most),
                    new DoorRecords(audit, "run"),
                    keepAlive,
                    Runnable::run,
                    () -> Duration.ofSeconds(60));

    @AfterEach
    void close() {
        keepAlive.close();
    }

    @Test
    void what_is_allowed_is_started_by_facts_of_the_system_alone() throws Exception {
        FakeConnection client = ask("argv=id", "argv=-u", "env=TERM=xterm", "env=LD_PRELOAD=/x");
        assertThat(client.said("allow")).contains("grant=g-1", "request=r-1", "message=one\ntwo");
        var asked = decision.asked.get(0);
        assertThat(asked.door()).isEqualTo("run");
        assertThat(asked.user()).isEqualTo("alice");
        assertThat(asked.uid()).isEqualTo(1001);
        assertThat(asked.path()).isEqualTo("/usr/bin/id");
        assertThat(asked.cwd()).isEqualTo("/home/alice");
        assertThat(asked.tty()).isEqualTo("/dev/pts/7");
        assertThat(asked.descriptor()).isPresent();
        Order order = units.started.get(0);
        assertThat(order.id()).isEqualTo("g-1");
        assertThat(order.user().uid()).isZero();
        assertThat(order.user().groups()).containsExactly(0L, 7L);
        assertThat(order.caller())
                .isEqualTo(new TransientUnits.Caller(1001, 4711, "/home/alice", client));
        assertThat(order.login()).hasValue(1001);
        assertThat(order.argv()).containsExactly("id", "-u");
        assertThat(decision.started).containsExactly("g-1 4242");
        assertThat(client.open()).as("descriptors that are still open").isZero();
    }

    @Test
    void ab_07_the_environment_is_made_from_nothing() throws Exception {
        ask(
                "argv=id",
                "env=TERM=xterm-256color",
                "env=LANG=de_DE.UTF-8",
                "env=TZ=/etc/shadow",
                "env=LC_ALL=%s",
                "env=LD_PRELOAD=/x",
                "env=BASH_FUNC_x%%=() { :; }");
        assertThat(units.started.get(0).environment())
                .containsExactly(
                        "HOME=/root",
                        "KEPM_GRANT=g-1",
                        "KEPM_REQUEST=r-1",
                        "LANG=de_DE.UTF-8",
                        "LOGNAME=root",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "SHELL=/bin/bash",
                        "SUDO_COMMAND=/usr/bin/id",
                        "SUDO_GID=1001",
                        "SUDO_TTY=/dev/pts/7",
                        "SUDO_UID=1001",
                        "SUDO_USER=alice",
                        "TERM=xterm-256color",
                        "USER=root");
    }

    @Test
    void kept_variables_are_those_that_policy_names_and_only_with_plain_values() throws Exception {
        decision.answer =
                (request, talk) ->
                        run(
                                FakeDecision.keeping(request, List.of("TZ", "NO_COLOR", "LC_ALL")),
                                Optional.empty());
        ask("argv=id", "env=TZ=Europe/Berlin", "env=NO_COLOR=1", "env=LC_ALL=C", "env=COLUMNS=80");
        assertThat(units.started.get(0).environment())
                .contains("NO_COLOR=1", "LC_ALL=C")
                .noneMatch(word -> word.startsWith("TZ=") || word.startsWith("COLUMNS="));
    }

    @Test
    void a_substitute_is_what_is_started_and_its_file_is_closed() throws Exception {
        FakeConnection.File other = new FakeConnection.File(99);
        decision.answer =
                (request, talk) ->
                        run(
                                FakeDecision.conditions("root", List.of("/opt/edit", "--safe")),
                                Optional.of(new LaunchAnswer.Substitute("/opt/edit", other)));
        ask("argv=id");
        assertThat(units.started.get(0).program()).isSameAs(other);
        assertThat(units.started.get(0).argv()).containsExactly("/opt/edit", "--safe");
        assertThat(units.started.get(0).environment()).contains("SUDO_COMMAND=/opt/edit --safe");
        assertThat(other.closed).isTrue();
    }

    @Test
    void ab_16_a_command_of_an_ephemeral_account_runs_as_one_that_goes_with_it() throws Exception {
        decision.answer =
                (request, talk) ->
                        run(
                                FakeDecision.ephemeral(request.runAs(), request.argv()),
                                Optional.empty());
        ask("argv=id");
        Order order = units.started.get(0);
        assertThat(order.user().name()).isEqualTo("made-for-g-1");
        assertThat(order.user().uid()).isEqualTo(57001);
        assertThat(order.environment()).contains("HOME=/homes/g-1", "USER=made-for-g-1");
        assertThat(ephemeral.made).containsExactly("g-1 []");
        assertThat(ephemeral.removed).isEmpty();
        units.running.get(0).accept(new End("exit", 0, 1));
        assertThat(ephemeral.removed).containsExactly("keeperusersession-g1");
        // In the groups of whom it stands for, when that is not root; and gone when nothing began.
        units.fault = Optional.of("no bus");
        ask("argv=id", "runas_user=alice");
        assertThat(ephemeral.made).last().isEqualTo("g-1 [0, 7]");
        assertThat(ephemeral.removed).hasSize(2);
        // No account is made where there is no place for a command.
        units.isFull = true;
        assertThat(ask("argv=id").said("deny").toString()).contains("64 commands of yours run");
        assertThat(ephemeral.made).hasSize(2);
    }

    @Test
    void what_policy_wants_recorded_runs_with_a_recorder_or_not_at_all() throws Exception {
        decision.answer = (request, talk) -> run(FakeDecision.recorded(request), Optional.empty());
        assertThat(ask("argv=id").said("allow").toString()).contains("shows is recorded");
        assertThat(units.started.get(0).recorder()).isPresent();
        assertThat(recordings.begun.get(0).grantId()).isEqualTo("g-1");
        assertThat(recordings.over).as("it is the unit's to end").isZero();
        assertThat(recordings.running).isEqualTo(1);
        units.fault = Optional.of("no bus");
        ask("argv=id");
        assertThat(recordings.never).isEqualTo(1);
        assertThat(recordings.running).isEqualTo(1);
        units.fault = Optional.empty();
        units.going =
                () -> {
                    throw new IOException("its supervisor says nothing");
                };
        ask("argv=id");
        assertThat(recordings.never).as("it refused").isEqualTo(2);
        units.mayHaveBegun = true;
        assertThat(ask("argv=id").said("deny").toString()).contains("says nothing");
        assertThat(recordings.never).isEqualTo(2);
        assertThat(recordings.unsure).isEqualTo(1);
        assertThat(recordings.running).isEqualTo(1);
        recordings.fault = Optional.of("the disk of the recordings is full");
        assertThat(ask("argv=id").said("deny").toString()).contains("disk of the recordings");
        assertThat(units.started).hasSize(3);
    }

    @Test
    void ab_17_nobody_has_a_right_of_their_own_here_but_root() throws Exception {
        decision.answer = (request, talk) -> new LaunchAnswer.OwnRight("r-2", List.of());
        assertThat(ask("argv=id").said("deny")).contains("code=unmatched");
        FakeConnection root = new FakeConnection(new Peer(1, 0, 0));
        serve(root, "argv=id");
        assertThat(root.said("pass")).contains("request=r-2");
        assertThat(units.started).isEmpty();
    }

    @Test
    void a_refusal_is_passed_on_and_a_decision_that_fails_is_one() throws Exception {
        decision.answer = (request, talk) -> new LaunchAnswer.Refuse("r-3", "policy", "no");
        assertThat(ask("argv=id").said("deny")).contains("code=policy", "message=no");
        decision.answer =
                (request, talk) -> {
                    throw new IllegalStateException("bug");
                };
        assertThat(ask("argv=id").said("deny")).contains("code=fault");
        assertThat(units.started).isEmpty();
    }

    @Test
    void what_sudo_carries_is_left_to_a_sudo_that_is_there() throws Exception {
        decision.bySudo = true;
        assertThat(ask("argv=id", "sudo=1").said("sudo")).isNotEmpty();
        assertThat(decision.asked).isEmpty();
        assertThat(ask("argv=id").said("allow")).isNotEmpty();
        decision.bySudo = false;
        assertThat(ask("argv=id", "sudo=1").said("allow")).isNotEmpty();
    }

    @Test
    void a_unit_that_does_not_start_or_is_not_wanted_any_more_ends_its_grant() throws Exception {
        units.fault = Optional.of("no bus");
        assertThat(ask("argv=id").said("deny")).anyMatch(word -> word.contains("no bus"));
        units.fault = Optional.empty();
        decision.binds = false;
        assertThat(ask("argv=id").said("deny")).anyMatch(word -> word.contains("ended before"));
        assertThat(units.cancelled).isEqualTo(1);
        assertThat(units.running).isEmpty();
        assertThat(decision.ended).containsExactly("g-1 error 1", "g-1 error 1");
    }

    @Test
    void an_error_of_the_machine_leaves_no_unit_and_ends_the_grant() throws Exception {
        decision.fault = Optional.of(new OutOfMemoryError("no thread"));
        assertThat(ask("argv=id").said("deny")).anyMatch(word -> word.contains("no thread"));
        assertThat(units.cancelled).isEqualTo(1);
        assertThat(decision.ended).containsExactly("g-1 error 1");
    }

    @Test
    void the_end_is_on_record_and_somebody_who_was_ended_is_told_why() throws Exception {
        FakeConnection client = ask("argv=id");
        units.running.get(0).accept(new End("exit", 7, 12));
        assertThat(decision.ended).containsExactly("g-1 exit 7");
        assertThat(client.said("end")).isEmpty();
        decision.why = "the time of grant g-1 is over";
        FakeConnection other = ask("argv=id");
        units.running.get(1).accept(new End("signal", 15, 12));
        assertThat(other.said("end")).contains("message=the time of grant g-1 is over");
        assertThat(decision.ended).contains("g-1 signal 15");
    }

    @Test
    void ab_13_who_is_traced_or_of_another_namespace_is_refused() throws Exception {
        traced = true;
        assertThat(ask("argv=id").said("deny")).anyMatch(word -> word.contains("debugged"));
        FakeConnection elsewhere = new FakeConnection(new Peer(9, 65534, 65534));
        serve(elsewhere, "argv=id");
        assertThat(elsewhere.said("deny")).contains("code=not_here");
        assertThat(decision.asked).isEmpty();
    }

    @Test
    void what_is_no_question_is_refused_and_leaves_no_descriptor_open() throws Exception {
        for (String[] bad :
                new String[][] {
                    {},
                    {"argv="},
                    {"argv=id", "runas_user=a:b"},
                    {"argv=id", "sudo=2"},
                    {"argv=id", "env=novalue"},
                    {"argv=id", "op=other"}
                }) {
            FakeConnection client = ask(bad);
            assertThat(client.said("deny")).as(String.join(" ", bad)).contains("code=malformed");
            assertThat(client.open()).isZero();
        }
        assertThat(decision.asked).isEmpty();
    }

    @Test
    void a_question_that_is_too_long_is_answered_and_on_record() throws Exception {
        FakeConnection client = ask("argv=id", "argv=" + "x".repeat(RunAsker.MOST_FRAME_BYTES));
        assertThat(client.said("deny")).contains("code=malformed");
        assertThat(audit.outcomes()).containsExactly("ELEVATION_REFUSED DENY");
        assertThat(decision.asked).isEmpty();
    }

    @Test
    void ab_08_a_program_that_is_not_there_is_said_so() throws Exception {
        files.missing = true;
        assertThat(ask("argv=nothing").said("deny")).contains("code=not_found");
        assertThat(ask("argv=/" + "x".repeat(5_000)).said("deny")).contains("code=not_found");
        assertThat(decision.asked).isEmpty();
    }

    /** Root looks on behalf of who asks: what he can't see himself he does not learn so. */
    @Test
    void ab_101_a_path_that_names_nothing_is_answered_as_one_that_does() throws Exception {
        files.missing = true;
        decision.answer =
                (request, person) -> new LaunchAnswer.Refuse("r-1", "unmatched", "no policy");
        List<String> missing = ask("argv=/root/bin/tool").said("deny");
        assertThat(decision.asked.get(0).isForNoProgram()).isTrue();
        files.missing = false;
        assertThat(ask("argv=/root/bin/tool").said("deny")).isEqualTo(missing);
        assertThat(decision.asked).hasSize(2);
    }

    @Test
    void ab_137_one_users_open_requests_are_bounded() throws Exception {
        most = 0;
        assertThat(ask("argv=id").said("deny")).contains("code=rate_limited");
        assertThat(audit.outcomes()).containsExactly("RATE_LIMITED DENY");
    }

    @Test
    void ab_138_who_asks_too_often_is_refused_before_anything_is_looked_at() throws Exception {
        limit =
                Optional.of(
                        new SourceLimits.Turn.Refused(
                                SourceLimits.RATE_LIMITED, Duration.ofSeconds(9)));
        FakeConnection client = ask("argv=id", "sudo=1");
        assertThat(client.said("deny"))
                .contains("code=rate_limited")
                .anyMatch(word -> word.contains("works again in 9 s"));
        assertThat(client.open()).isZero();
        assertThat(files.looks).isZero();
        assertThat(decision.asked).isEmpty();
        FakeConnection root = new FakeConnection(new Peer(1, 0, 0));
        serve(root, "argv=id");
        assertThat(root.said("allow")).isNotEmpty();
    }

    @Test
    void ab_135_who_logged_in_is_not_changed_by_asking_as_somebody_else() throws Exception {
        login = OptionalLong.of(1002);
        ask("argv=id");
        assertThat(units.started.get(0).caller().uid()).isEqualTo(1001);
        assertThat(units.started.get(0).login()).hasValue(1002);
        login = OptionalLong.empty();
        ask("argv=id");
        assertThat(units.started.get(1).login()).hasValue(1001);
        decision.answer =
                (request, talk) ->
                        run(FakeDecision.conditions("alice", List.of("id")), Optional.empty());
        ask("argv=id", "runas_user=alice");
        assertThat(units.started.get(2).login()).isEmpty();
    }

    @Test
    void a_client_hears_that_the_agent_lives_while_its_command_is_being_started() throws Exception {
        units.going =
                () -> {
                    keepAlive.beat();
                    throw new IOException("no supervisor");
                };
        FakeConnection client = ask("argv=id");
        assertThat(client.said("wait")).isNotEmpty();
        assertThat(client.said("deny")).anyMatch(word -> word.contains("no supervisor"));
    }

    @Test
    void what_is_no_utf_8_is_an_option_that_no_policy_names() throws Exception {
        FakeConnection client = new FakeConnection(new Peer(4711, 1001, 1001));
        client.garbled(question("argv=id", "argv=a"));
        door.serve(client);
        assertThat(decision.asked.get(0).options()).containsExactly("not_utf8=argv");
    }

    @Test
    void ab_30_what_was_said_of_a_process_that_is_gone_is_said_of_nobody() throws Exception {
        FakeConnection client = new FakeConnection(new Peer(4711, 1001, 1001));
        client.isGone = true;
        serve(client, "argv=id");
        assertThat(client.said("deny").toString()).contains("who asked is gone");
        assertThat(decision.asked).isEmpty();
        assertThat(client.open()).isZero();
    }

    private FakeConnection ask(String... words) throws IOException {
        FakeConnection client = new FakeConnection(new Peer(4711, 1001, 1001));
        serve(client, words);
        return client;
    }

    private void serve(FakeConnection client, String... words) throws IOException {
        client.frame(question(words), null);
        door.serve(client);
        // As the listener: what was received and not asked for is nobody's.
        client.drop();
    }

    private static List<String> question(String... words) {
        List<String> usual =
                new java.util.ArrayList<>(
                        List.of(
                                "v=1",
                                "op=run",
                                "runas_user=root",
                                "sudo=0",
                                "interactive=0",
                                "background=0"));
        for (String word : words) {
            String key = word.substring(0, word.indexOf('=') + 1);
            if (!key.equals("argv=") && !key.equals("env=")) {
                usual.removeIf(each -> each.startsWith(key));
            }
            usual.add(word);
        }
        return usual;
    }

    private static LaunchAnswer run(
            io.kepm.api.policy.Conditions conditions, Optional<LaunchAnswer.Substitute> other) {
        return new LaunchAnswer.Run(
                "r-1", "g-1", conditions, List.of(), other, Duration.ofMinutes(60));
    }

    private final class Limits implements SourceLimits {
        @Override
        public Turn take(Source source, String session, Duration longest) {
            return limit.isPresent() ? limit.get() : new Turn.Granted();
        }

        @Override
        public void judged(Source source, String session, boolean failed) {}
    }

    private final class Kernel implements Callers {
        @Override
        public String terminal(int pid) {
            return "/dev/pts/7";
        }

        @Override
        public boolean isTraced(int pid) {
            return traced;
        }

        @Override
        public OptionalLong login(int pid) {
            return login;
        }
    }

    /** Alice and root. */
    private static final class People extends FakeAccounts {
        private final java.util.Map<String, Account> made = new java.util.HashMap<>();

        void add(Account account) {
            made.put(account.name(), account);
        }

        @Override
        public Optional<Account> byUid(long uid) {
            return uid == 0 ? byName("root") : byName("alice");
        }

        @Override
        public Optional<Account> byName(String name) {
            if (made.containsKey(name)) {
                return Optional.ofNullable(made.get(name));
            }
            return name.equals("root")
                    ? Optional.of(new Account("root", 0, 0, "/root", "/bin/bash"))
                    : Optional.of(new Account("alice", 1001, 1001, "/home/alice", "/bin/sh"));
        }

        @Override
        public List<Long> groupIds(String userName) {
            return List.of(0L, 7L);
        }
    }
}
