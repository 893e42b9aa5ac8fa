package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.PendingWatch;
import io.kepm.api.jobs.Chore;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Launch;
import io.kepm.api.jobs.RunState;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Sessions;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import io.kepm.api.trust.FileTrust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks of every kind, and what is asked before something is launched. */
class TaskTest {

    @TempDir Path folder;
    private TestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void job(String members, String... tasks) throws Exception {
        house.job("j", "{'id':'j'," + members + "'tasks':[" + String.join(",", tasks) + "]}");
    }

    /** Begins a run and waits for its process. */
    private FakeChild child() {
        int before = house.launches.launcher.children.size();
        assertThat(house.jobs().run("j", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> house.launches.launcher.children.size() > before);
        return house.launches.launcher.children.get(before);
    }

    @Test
    void a_process_starts_clean_and_knows_of_its_job_only_when_it_declares_topics()
            throws Exception {
        job("", "{'executablePath':'/usr/bin/env','env':{'TZ':'UTC','JOB_X':'{run.trigger}'}}");
        LaunchOrder order = child().order;
        assertThat(order.environment())
                .isEqualTo(
                        Map.of(
                                "PATH", Environment.PATH,
                                "LANG", "C.UTF-8",
                                "HOME", "/root",
                                "USER", "root",
                                "LOGNAME", "root",
                                "SHELL", "/bin/sh",
                                "TZ", "UTC",
                                "JOB_X", "manual"));
        assertThat(order.workingFolder()).isEqualTo(Path.of("/"));
        house.launches.launcher.children.get(0).exit(0);
        assertThat(house.last("j").state()).isEqualTo(RunState.SUCCEEDED);
        job(
                "'name':'N','mqttTopics':{'allowedPublications':['KeeperLogger']},",
                "{'executablePath':'/usr/bin/env'}");
        FakeChild told = child();
        assertThat(told.order.environment())
                .containsEntry("KEEPER_JOB_ID", "j")
                .containsEntry("KEEPER_JOB_NAME", "N")
                .containsEntry("KEEPER_RUN_ID", house.runs("j").get(0).id());
    }

    @Test
    void ab_75_a_program_that_is_a_shell_by_another_name_is_not_launched() throws Exception {
        Path link = folder.resolve("tool");
        Files.createSymbolicLink(link, Path.of("/bin/sh"));
        job("", "{'executablePath':'" + link + "'}");
        assertThat(house.run("j").reason()).contains("is the shell `");
        assertThat(house.launches.launcher.children).isEmpty();
    }

    @Test
    void ab_75_a_value_makes_no_starter_start_a_shell() throws Exception {
        job(
                "'parameters':[{'name':'p'}],",
                "{'executablePath':'/usr/bin/env','arguments':['{p}','-c','id']}");
        assertThat(house.jobs().run("j", Map.of("p", "/bin/sh"), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        assertThat(house.last("j").reason()).contains("a shell is not run by a job");
        assertThat(house.launches.launcher.children).isEmpty();
    }

    @Test
    void ab_75_root_runs_no_script_that_others_could_have_changed() throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "x");
        Path data = Files.writeString(folder.resolve("data"), "x");
        Path tool = Files.writeString(folder.resolve("tool"), "x");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        Scripts scripts =
                new Scripts(
                        path ->
                                path.equals(data)
                                        ? List.of()
                                        : List.of(
                                                new FileTrust.Violation(
                                                        path, "`" + path + "` is alice's", "x")));
        for (List<String> argv :
                List.of(
                        List.of("python3.11", script.toString()),
                        List.of("python3", "-W", "ignore", script.toString().substring(1)),
                        List.of("java", "-jar", script.toString()),
                        List.of("env", "-i", "perl", script.toString()),
                        List.of("timeout", "5", tool.toString()),
                        List.of("flock", data.toString(), tool.toString()))) {
            assertThatThrownBy(() -> scripts.check(argv))
                    .as(argv.toString())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("` would run as root what others could have changed: `")
                    .hasMessageContaining("is alice's: repair it with x");
        }
        for (List<String> argv :
                List.of(
                        List.of("python3", data.toString(), script.toString()),
                        List.of("python3", "-m", "http"),
                        List.of("cp", script.toString(), data.toString()),
                        List.of("nice", "cp", script.toString(), data.toString()))) {
            scripts.check(argv);
        }
        job("", "{'executablePath':'/usr/bin/env','arguments':['" + tool + "']}");
        house.violations.add(new FileTrust.Violation(tool, "it is alice's", "chown root x"));
        assertThat(house.run("j").reason()).contains("what others could have changed");
        assertThat(house.launches.launcher.children).isEmpty();
    }

    @Test
    void ab_75_a_variable_whose_value_leads_a_library_to_a_file_starts_nothing() throws Exception {
        for (String[] each :
                List.of(
                        new String[] {"LANG", "/tmp/evil"},
                        new String[] {"LC_ALL", "../tmp/evil"},
                        new String[] {"LANGUAGE", "%n"},
                        new String[] {"TZ", ":/etc/shadow"},
                        new String[] {"TZ", "../../etc/shadow"})) {
            job(
                    "'parameters':[{'name':'v'}],",
                    "{'executablePath':'/usr/bin/env','env':{'" + each[0] + "':'{v}'}}");
            assertThat(house.jobs().run("j", Map.of("v", each[1]), "root"))
                    .isInstanceOf(Jobs.Started.Accepted.class);
            assertThat(house.last("j").reason()).contains("names the place of a file");
        }
        assertThat(house.launches.launcher.children).isEmpty();
        assertThat(Environment.fault("TZ", "Europe/Berlin")).isEmpty();
        assertThat(Environment.fault("LANG", "de_DE.UTF-8@euro")).isEmpty();
    }

    @Test
    void a_command_is_looked_for_among_the_jobs_own_programs_first() throws Exception {
        Path own = folder.resolve("Jobs/bin/env/env");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "#!/bin/sh\n");
        job("", "{'command':'env'}");
        assertThat(child().order.executable()).isEqualTo(own);
        house.launches.launcher.children.get(0).exit(0);
        job("", "{'command':'no-such-program'}");
        assertThat(house.run("j").reason()).contains("there is no program `no-such-program`");
    }

    @Test
    void a_program_whose_signature_is_asked_for_runs_only_by_it() throws Exception {
        Path own = folder.resolve("Jobs/bin/tool/tool");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "#!/bin/sh\n");
        job("", "{'command':'tool','requireSignature':true}");
        assertThat(house.run("j").reason()).contains("tool.sig` is not there");
        Files.writeString(Path.of(own + ".sig"), "a signature");
        house.unsigned = "signer `x` is not trusted here";
        assertThat(house.run("j").reason()).contains("is not trusted here");
        assertThat(house.launches.launcher.children).isEmpty();
        house.unsigned = "";
        job("", "{'command':'tool','requireSignature':true}");
        assertThat(child().order.executable()).isEqualTo(own);
        house.launches.launcher.children.get(0).exit(0);
    }

    @Test
    void a_task_that_hangs_is_ended_when_its_time_is_over_and_named() throws Exception {
        job("", "{'id':'hangs','executablePath':'/usr/bin/env','timeoutSeconds':1}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(run.reason()).startsWith("task `hangs`: not done within 1 s");
        assertThat(house.launches.launcher.children.get(0).alive).isFalse();
        TestHouse.await(() -> house.books.records().contains("JOB_RUN TIMEDOUT"));
    }

    @Test
    void ab_75_a_file_beyond_its_limit_ends_what_writes_it_and_is_named() throws Exception {
        job("", "{'id':'fills','executablePath':'/usr/bin/env'}");
        FakeChild usual = child();
        assertThat(usual.order.limits().fileBytes()).isEqualTo(256L << 20);
        usual.exit(128 + 25);
        assertThat(house.last("j").reason())
                .isEqualTo(
                        "task `fills`: it wrote a file beyond the file size limit of 256 MiB"
                                + " (`fileSizeLimitMiB`)");
        job("", "{'executablePath':'/usr/bin/env','fileSizeLimitMiB':1048576}");
        house.launches.launcher.output =
                () -> new ByteArrayInputStream("[Errno 27] File too large\n".getBytes());
        FakeChild large = child();
        assertThat(large.order.limits().fileBytes()).isEqualTo(1L << 40);
        large.exit(1);
        assertThat(house.last("j").reason())
                .isEqualTo(
                        "task `task-1`: exit code 1, it may be for the file size limit of 1048576"
                                + " MiB (`fileSizeLimitMiB`)");
    }

    @Test
    void ab_75_who_reaches_its_limit_of_processes_is_named() throws Exception {
        job("", "{'id':'forks','executablePath':'/usr/bin/env'}");
        FakeChild counted = child();
        counted.hitProcessLimit = true;
        counted.exit(2);
        assertThat(house.last("j").reason())
                .isEqualTo("task `forks`: exit code 2; it reached the limit of 256 processes");
        // Where the kernel counts by user, the program alone hears of it.
        house.launches.launcher.output =
                () ->
                        new ByteArrayInputStream(
                                "fork: retry: Resource temporarily unavailable\n".getBytes());
        child().exit(1);
        assertThat(house.last("j").reason())
                .isEqualTo("task `forks`: exit code 1, it may be for the limit of 256 processes");
    }

    @Test
    void ab_75_who_forks_until_its_time_is_over_is_named_by_both() throws Exception {
        job("", "{'id':'forks','executablePath':'/usr/bin/env','timeoutSeconds':1}");
        FakeChild child = child();
        child.hitProcessLimit = true;
        assertThat(house.last("j").reason())
                .isEqualTo(
                        "task `forks`: not done within 1 s, and ended with all it started; it"
                                + " reached the limit of 256 processes");
    }

    @Test
    void ab_75_who_writes_more_than_256_mib_is_ended_and_named() throws Exception {
        house.launches.launcher.output = () -> new Flood(house);
        job("", "{'id':'floods','executablePath':'/usr/bin/env'}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.reason())
                .startsWith("task `floods`: it wrote more than 256 MiB, and was ended with all");
        assertThat(run.tasks().get(0).output()).hasSize(Tail.KEPT);
    }

    /** Writes until its child is ended. */
    private static final class Flood extends InputStream {
        private final TestHouse house;

        Flood(TestHouse house) {
            this.house = house;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            Arrays.fill(bytes, from, from + length, (byte) 'y');
            return house.launches.launcher.children.stream().allMatch(one -> one.alive)
                    ? length
                    : -1;
        }
    }

    @Test
    void a_job_past_its_deadline_begins_nothing_more() throws Exception {
        job(
                "'deadlineSeconds':1,",
                "{'id':'a','executablePath':'/usr/bin/env','continueOnFailure':true}",
                "{'id':'b','command':'echo','arguments':['x']}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(run.reason()).contains("deadlineSeconds");
        assertThat(run.tasks()).extracting(JobRun.TaskRun::id).containsExactly("a");
    }

    @Test
    void a_run_that_is_cancelled_ends_its_process_at_once() throws Exception {
        job("", "{'executablePath':'/usr/bin/env','retry':{'attempts':5,'backoffSeconds':600}}");
        FakeChild child = child();
        TestHouse.await(() -> !house.runs("j").get(0).tasks().isEmpty());
        assertThat(house.jobs().cancel("j", "", "root").isDone()).isTrue();
        assertThat(house.last("j").state()).isEqualTo(RunState.CANCELLED);
        assertThat(house.last("j").reason()).isEqualTo("cancelled by root");
        assertThat(child.alive).isFalse();
        assertThat(house.jobs().cancel("j", "", "root").faults().get(0).message())
                .contains("nothing of it waits");
    }

    @Test
    void what_fails_is_tried_again_and_what_may_fail_does_not_end_the_job() throws Exception {
        int[] calls = {0};
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            calls[0]++;
                            throw new java.io.IOException("busy");
                        });
        job(
                "",
                "{'id':'r','type':'builtin','command':'log-retention',"
                        + "'retry':{'attempts':3,'backoffSeconds':0},'continueOnFailure':true}",
                "{'id':'e','command':'echo','arguments':['on']}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(calls[0]).isEqualTo(3);
        assertThat(run.tasks().get(0).attempts()).isEqualTo(3);
        assertThat(run.tasks().get(0).reason()).isEqualTo("busy");
    }

    @Test
    void between_two_tries_there_is_a_pause_which_a_cancel_ends() throws Exception {
        java.util.List<Long> calls = new java.util.concurrent.CopyOnWriteArrayList<>();
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            calls.add(System.nanoTime());
                            throw new java.io.IOException("busy");
                        });
        String task =
                "{'type':'builtin','command':'log-retention',"
                        + "'retry':{'attempts':2,'backoffSeconds':%d}}";
        job("", task.formatted(1));
        assertThat(house.run("j").state()).isEqualTo(RunState.FAILED);
        assertThat(calls).hasSize(2);
        assertThat(calls.get(1) - calls.get(0)).isGreaterThanOrEqualTo(1_000_000_000L);
        job("", task.formatted(600));
        assertThat(house.jobs().run("j", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> calls.size() == 3);
        TestHouse.await(
                () ->
                        house.runs("j").get(0).tasks().stream()
                                .anyMatch(one -> one.reason().equals("busy")));
        assertThat(house.jobs().cancel("j", "", "root").isDone()).isTrue();
        assertThat(house.last("j").state()).isEqualTo(RunState.CANCELLED);
        assertThat(calls).hasSize(3);
    }

    @Test
    void a_reason_without_end_is_cut_so_that_it_fits_into_its_record() throws Exception {
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            throw new java.io.IOException("x".repeat(1_000_000));
                        });
        job("", "{'type':'builtin','command':'log-retention'}");
        JobRun run = house.run("j");
        assertThat(run.reason()).hasSize(Run.LONGEST_REASON + 1);
        assertThat(run.tasks().get(0).reason()).hasSize(Run.LONGEST_REASON + 1);
    }

    @Test
    void a_chore_that_does_not_end_is_interrupted() throws Exception {
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            Thread.sleep(60_000);
                            return "";
                        });
        job("", "{'type':'builtin','command':'log-retention','timeoutSeconds':1}");
        assertThat(house.run("j").state()).isEqualTo(RunState.TIMED_OUT);
        house.job("k", "{'id':'k','tasks':[{'type':'builtin','command':'log-retention'}]}");
        var unused = house.jobs().run("k", Map.of(), "root");
        TestHouse.await(() -> house.runs("k").get(0).tasks().size() == 1);
        assertThat(house.jobs().cancel("k", "", "root").isDone()).isTrue();
        assertThat(house.last("k").state()).isEqualTo(RunState.CANCELLED);
    }

    @FunctionalInterface
    private interface Work {
        String run() throws Exception;
    }

    private static Optional<Chore> chore(String name, Work work) {
        return Optional.of(
                new Chore() {
                    @Override
                    public String name() {
                        return name;
                    }

                    @Override
                    public String run(Map<String, String> arguments) throws Exception {
                        return work.run();
                    }
                });
    }

    @Test
    void what_a_task_writes_goes_into_the_context_of_those_after_it() throws Exception {
        job(
                "",
                "{'id':'a','command':'echo','arguments':['{\\\"n\\\":5}'],"
                        + "'mergeStdoutJsonIntoContext':true}",
                "{'id':'b','command':'echo','arguments':['n={n}'],"
                        + "'condition':{'path':'n','greaterThan':4}}",
                "{'id':'c','command':'echo','arguments':['x'],"
                        + "'condition':{'path':'n','greaterThan':5}}",
                "{'id':'d','command':'echo','arguments':['{unknown}'],'continueOnFailure':true}");
        JobRun run = house.run("j");
        assertThat(run.tasks())
                .extracting(one -> one.id() + " " + one.state().word() + " " + one.output())
                .containsExactly(
                        "a Succeeded {\"n\":5}", "b Succeeded n=5", "c Skipped ", "d Failed ");
    }

    @Test
    void a_warning_on_standard_error_does_not_spoil_what_goes_into_the_context() throws Exception {
        house.launches.launcher.output =
                () -> new ByteArrayInputStream("{\"n\":5}".getBytes(StandardCharsets.UTF_8));
        house.launches.launcher.errors =
                () -> new ByteArrayInputStream("deprecated\n".getBytes(StandardCharsets.UTF_8));
        job(
                "",
                "{'id':'a','executablePath':'/usr/bin/env','mergeStdoutJsonIntoContext':true}",
                "{'id':'b','command':'echo','arguments':['n={n}']}");
        FakeChild child = child();
        assertThat(child.order.partsErrors()).isTrue();
        child.exit(0);
        assertThat(house.last("j").tasks())
                .extracting(JobRun.TaskRun::output)
                .containsExactly("{\"n\":5}\ndeprecated\n", "n=5");
        // Where nothing is merged, both go together as they come.
        job("", "{'executablePath':'/usr/bin/env'}");
        assertThat(child().order.partsErrors()).isFalse();
    }

    @Test
    void a_task_is_skipped_when_a_setting_of_a_plugin_is_false_and_fails_when_nobody_knows()
            throws Exception {
        String task = "{'command':'echo','arguments':['x'],'skipWhenPluginSettingFalse':'P/on'}";
        job("", task);
        assertThat(house.run("j").reason()).contains("`on` of `P` can't be read");
        house.flags.put("P/on", false);
        assertThat(house.run("j").tasks().get(0).state()).isEqualTo(RunState.SKIPPED);
        house.flags.put("P/on", true);
        assertThat(house.run("j").tasks().get(0).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void ab_17_what_runs_elevated_goes_through_the_one_launch_decision() throws Exception {
        login(1001, "tty");
        job(
                "",
                "{'executablePath':'/usr/bin/env','arguments':['a'],'executionType':'UserElevated'}");
        JobRun refused = house.run("j");
        assertThat(refused.state()).isEqualTo(RunState.FAILED);
        assertThat(refused.reason()).contains("no policy allows it");
        assertThat(house.launches.launcher.children).isEmpty();
        assertThat(house.asked.get(0).user()).isEqualTo("alice");
        assertThat(house.asked.get(0).argv()).containsExactly("env", "a");
        assertThat(house.asked.get(0).canPrompt()).isFalse();
        house.answer = new LaunchAnswer.OwnRight("r", List.of());
        assertThat(house.run("j").state()).isEqualTo(RunState.FAILED);
        assertThat(house.launches.launcher.children).isEmpty();
        house.answer =
                new LaunchAnswer.Run("r", "g1", conditions("root", List.of("env", "a")), List.of());
        FakeChild child = child();
        assertThat(child.order.user().uid()).isZero();
        assertThat(child.order.argv()).containsExactly("env", "a");
        child.exit(4);
        assertThat(house.last("j").reason()).contains("exit code 4");
        assertThat(house.ended).containsExactly("grant g1 of 1000", "grant g1 exit 4");
        house.ended.clear();
        house.binds = false;
        assertThat(house.run("j").reason()).contains("ended before it began");
        assertThat(house.ended).last().isEqualTo("grant g1 error 1");
    }

    @Test
    void ab_17_what_a_plugin_launches_is_declared_and_goes_through_the_one_launch_decision()
            throws Exception {
        job(
                "'launchedBy':['helper'],",
                "{'executablePath':'/usr/bin/env','arguments':['a'],'executionType':'UserElevated'}");
        Jobs jobs = house.wiring.desk();
        Optional<Launch.User> alice = Optional.of(new Launch.User("alice", 1001));
        for (String other : List.of("plugin:other", "helper", "job:helper:1", "")) {
            assertThat(jobs.launch("j", new Launch(other, alice, "", Map.of())))
                    .as(other)
                    .isInstanceOf(Jobs.Started.Unknown.class);
        }
        assertThat(jobs.launch("none", new Launch("plugin:helper", alice, "", Map.of())))
                .isInstanceOf(Jobs.Started.Unknown.class);
        assertThat(house.asked).isEmpty();
        // Whom the plugin names has to be there: it lends nobody's rights behind their back.
        assertThat(jobs.launch("j", new Launch("plugin:helper", alice, "r-6", Map.of())))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> house.last("j").reason().contains("nobody is logged in"));
        assertThat(house.asked).isEmpty();
        house.sessions.add(new Sessions.Session(1001, "tty", ""));
        assertThat(jobs.launch("j", new Launch("plugin:helper", alice, "r-7", Map.of())))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> house.last("j").reason().contains("no policy allows it"));
        assertThat(house.last("j").by()).isEqualTo("plugin:helper");
        assertThat(house.last("j").trigger()).isEqualTo("launch");
        assertThat(house.last("j").reason()).contains("no policy allows it");
        assertThat(house.asked.get(0).user() + " " + house.asked.get(0).uid())
                .isEqualTo("alice 1001");
        assertThat(house.launches.launcher.children).isEmpty();
        // Root is not a user whom anything is elevated for.
        Optional<Launch.User> root = Optional.of(new Launch.User("root", 0));
        var unused = jobs.launch("j", new Launch("plugin:helper", root, "", Map.of()));
        TestHouse.await(
                () ->
                        house.last("j")
                                .reason()
                                .matches(".*no user 0|root is no.*|.*nobody is logged in.*"));
        assertThat(house.asked).hasSize(1);
    }

    private static Conditions conditions(String runAs, List<String> argv) {
        return new Conditions(
                runAs,
                argv,
                Duration.ofMinutes(5),
                false,
                List.of(),
                0,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                List.of(),
                List.of());
    }

    private void login(long uid, String type) {
        house.sessions.clear();
        house.sessions.add(new Sessions.Session(uid, type, ":0"));
    }

    @Test
    void ab_17_what_runs_as_a_user_has_to_be_let_in_and_is_no_more_than_that_user()
            throws Exception {
        Path own = folder.resolve("Jobs/bin/ask/ask");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "#!/bin/sh\n");
        job("", "{'command':'ask','executionType':'User'}");
        assertThat(house.run("j").reason()).contains("nobody is logged in");
        login(1001, "tty");
        house.refusal = "`ask` may not run in the session of `alice`";
        assertThat(house.run("j").reason()).contains("may not run in the session");
        assertThat(house.launches.launcher.children).isEmpty();
        house.refusal = "";
        FakeChild child = child();
        assertThat(child.order.user())
                .isEqualTo(new LaunchOrder.LaunchUser(1001, 1001, List.of(1001L, 27L)));
        // Not from where only root can read.
        assertThat(child.order.executable().toString())
                .startsWith(folder.resolve("exec").toString())
                .endsWith("/ask");
        assertThat(child.order.environment()).containsEntry("HOME", "/home/alice");
        assertThat(house.launches.running("job:j:" + house.runs("j").get(0).id())).isPresent();
        child.exit(0);
        job("", "{'command':'ask','executionType':'UserDesktop'}");
        assertThat(house.run("j").reason()).contains("nobody has a desktop");
        login(1001, "x11");
        assertThat(child().order.environment())
                .containsEntry("DISPLAY", ":0")
                .containsEntry("XDG_RUNTIME_DIR", "/run/user/1001");
    }

    @Test
    void a_job_says_at_the_broker_what_it_declares_and_nothing_else() throws Exception {
        String topics = "'mqttTopics':{'allowedPublications':['Site/+','AuditMessage']},";
        job(
                topics,
                "{'type':'mqtt','topic':'Site/{run.trigger}','payload':{'id':'{job.id}','n':1}}",
                "{'type':'builtin','command':'publish-mqtt','arguments':{'topic':'Site/x','payload':'y'}}");
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.published).contains("Site/manual {\"id\":\"j\",\"n\":1}", "Site/x y");
        for (String topic : List.of("AuditMessage", "Other/x", "Site/a/b", "KeeperPolicy")) {
            job(
                    topics,
                    "{'type':'builtin','command':'publish-mqtt',"
                            + "'arguments':{'topic':'"
                            + topic
                            + "','payload':'y'}}");
            assertThat(house.run("j").reason()).as(topic).contains("allowedPublications");
        }
    }

    @Test
    void a_toast_is_a_notice_on_the_desktop_and_a_message_one_on_the_terminals() throws Exception {
        house.job(
                "j",
                "{'id':'j','name':'Printers','events':['Jam'],'tasks':["
                        + "{'id':'a','command':'show-toast','arguments':['{what}']},"
                        + "{'id':'b','command':'show-toast','arguments':"
                        + "{'title':'T','message':'{what}'}},"
                        + "{'id':'c','command':'display-message','arguments':{'message':'{what}'}}"
                        + "]}");
        new Events(house.wiring.triggers(), uid -> false)
                .heard("Events/Jam", "{\"what\":\"--x <b>\",\"user\":{\"uid\":1001}}".getBytes());
        house.tick();
        assertThat(house.last("j").tasks())
                .extracting(JobRun.TaskRun::output)
                .containsExactly("shown by a fake", "shown by a fake", "typed by a fake");
        assertThat(house.notices.shown)
                .containsExactly(
                        "show 1001 Printers: --x <b>",
                        "show 1001 T: --x <b>",
                        "type 1001 : --x <b>");
    }

    @Test
    void a_value_stays_a_text_in_the_object_that_is_published() throws Exception {
        job(
                "'events':['E'],'mqttTopics':{'allowedPublications':['Site/x']},",
                "{'type':'builtin','command':'publish-mqtt',"
                        + "'arguments':{'topic':'Site/x','payload':{'who':'{name}'}}}");
        new Events(house.wiring.triggers(), uid -> false)
                .heard("Events/E", "{\"name\":\"x\\\",\\\"admin\\\":\\\"y\"}".getBytes());
        house.tick();
        assertThat(house.last("j").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.published).contains("Site/x {\"who\":\"x\\\",\\\"admin\\\":\\\"y\"}");
    }

    @Test
    void a_job_starts_another_with_parameters_and_a_ring_of_them_ends() throws Exception {
        house.job(
                "b",
                "{'id':'b','parameters':[{'name':'n','type':'int','required':true}],"
                        + "'tasks':[{'command':'echo','arguments':['{n}']}]}");
        job("", "{'type':'builtin','command':'run-job','arguments':{'jobId':'b','n':'3'}}");
        // Often enough that the other one is over before it is looked at.
        for (int i = 0; i < 30; i++) {
            assertThat(house.run("j"))
                    .extracting("state", "reason")
                    .containsExactly(RunState.SUCCEEDED, "");
        }
        assertThat(house.last("b").tasks().get(0).output()).isEqualTo("3");
        assertThat(house.last("b").trigger()).isEqualTo("job:j");
        job(
                "'maxConcurrent':16,",
                "{'type':'builtin','command':'run-job','arguments':{'jobId':'j'}}");
        var unused = house.run("j");
        TestHouse.await(
                () ->
                        house.runs("j").stream()
                                .anyMatch(run -> run.reason().contains("asked for one another")));
        assertThat(house.ended("j")).contains("Skipped");
    }

    @Test
    void only_a_job_that_the_settings_name_answers_and_only_the_request_it_was_started_for()
            throws Exception {
        String answer =
                "{'id':'ticket','events':['PolicyEvaluationPending'],'tasks':["
                        + "{'id':'c','command':'check-approval-provider'},"
                        + "{'id':'a','type':'builtin','command':'answer-approval','arguments':"
                        + "{'decision':'approve','comment':'ticket 12 of {user.name}'%s}}]}";
        house.job("ticket", answer.formatted(""));
        PendingWatch.Waiting waiting =
                new PendingWatch.Waiting(
                        "11111111-2222",
                        "PrivilegeElevation",
                        "alice",
                        1001,
                        "/usr/bin/id",
                        List.of("id"),
                        "root",
                        "why",
                        List.of("APPROVAL"),
                        List.of("p v1"));
        new Events(house.wiring.triggers(), uid -> false).pending(waiting);
        house.tick();
        assertThat(house.last("ticket").reason()).contains("no approval provider");
        try (TestHouse named =
                new TestHouse(folder, new FakeBooks(), house.times, List.of("ticket"))) {
            named.look();
            new Events(named.wiring.triggers(), uid -> false).pending(waiting);
            named.tick();
            assertThat(named.last("ticket").tasks().get(0).output())
                    .contains("\"approvalProvider\":true");
            assertThat(named.decided)
                    .containsExactly(
                            "APPROVE 11111111-2222 by provider:ticket (ticket 12 of alice)");
            // By hand, or by a message of somebody, it answers nothing.
            new Events(named.wiring.triggers(), uid -> false)
                    .heard(
                            "Events/PolicyEvaluationPending",
                            "{\"requestId\":\"11111111-2222\",\"user\":{\"name\":\"eve\"}}"
                                    .getBytes());
            named.tick();
            assertThat(named.last("ticket").reason()).contains("not started by a request");
            named.job("ticket", answer.formatted(",'requestId':'99999999-0000'"));
            new Events(named.wiring.triggers(), uid -> false).pending(waiting);
            named.tick();
            assertThat(named.last("ticket").reason()).contains("may answer request 11111111-2222");
            assertThat(named.decided).hasSize(1);
        }
    }

    @Test
    void ab_139_what_policy_says_about_jobs_widens_nothing_but_jobs() throws Exception {
        house.configurations.add(
                configuration(
                        "p1",
                        "JobUpdate",
                        "{'Action':'Add','JobId':'weekly','Job':{'id':'weekly','tasks':[{'command':'echo'}]}}"));
        house.configurations.add(
                configuration(
                        "p2",
                        "SettingsUpdate",
                        "{'TargetFile':'appsettings.json','SettingsJson':{'Settings':{'AlternativeSignatures':['x']}}}"));
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.reason()).contains("p2: a security setting");
        assertThat(house.jobs().find("weekly")).isPresent();
        assertThat(folder.resolve("appsettings.json")).doesNotExist();
        house.configurations.clear();
        house.configurations.add(
                configuration("p3", "JobUpdate", "{'Action':'Delete','JobId':'weekly'}"));
        house.configurations.add(
                configuration(
                        "p4",
                        "JobUpdate",
                        "{'Action':'Add','JobId':'x','Job':{'id':'x','tasks':[{'command':'bash'}]}}"));
        house.configurations.add(
                configuration(
                        "p5", "JobUpdate", "{'Action':'Add','JobId':'../x','Job':{'id':'y'}}"));
        JobRun bad = house.run("j");
        assertThat(bad.reason()).contains("p4").contains("a shell is not run").contains("p5");
        assertThat(house.jobs().find("weekly")).isEmpty();
        assertThat(house.jobs().find("x")).isEmpty();
    }

    @Test
    void what_policies_say_about_settings_goes_to_the_desk_and_is_taken_back_with_them()
            throws Exception {
        house.configurations.add(
                configuration(
                        "p1",
                        "SettingsUpdate",
                        "{'PluginName':'clock','SettingsJson':{'metadata':{'a':1}}}"));
        house.configurations.add(
                configuration(
                        "p2",
                        "SettingsUpdate",
                        "{'TargetFile':'appsettings.json','Action':'Update','SettingsJson':'{}'}"));
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        JobRun run = house.run("j");
        assertThat(run.tasks().get(0).output())
                .contains("p1: settings of `Plugins/clock.json` count")
                .contains("p2: settings of `appsettings.json` count");
        assertThat(house.settings.followed)
                .containsExactly(
                        "p1 Plugins/clock.json {\"metadata\":{\"a\":1}}", "p2 appsettings.json {}");
        house.configurations.clear();
        house.configurations.add(
                configuration("p3", "SettingsUpdate", "{'PluginName':'x','Action':'Delete'}"));
        assertThat(house.run("j").reason()).contains("p3: `PluginName` or `TargetFile`");
        assertThat(house.settings.followed).isEmpty();
    }

    @Test
    void a_job_that_a_policy_made_goes_with_it_unless_somebody_changed_it_since() throws Exception {
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        for (String id : List.of("made", "changed", "j2")) {
            house.configurations.add(
                    configuration(
                            "p-" + id,
                            "JobUpdate",
                            "{'Job':{'id':'" + id + "','tasks':[{'command':'echo'}]}}"));
        }
        house.job("j2", "{'id':'j2','tasks':[{'command':'log-message'}]}");
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        house.configurations.set(
                0,
                configuration(
                        "p-made",
                        "JobUpdate",
                        "{'Job':{'id':'made','tasks':[{'command':'log-message'}]}}"));
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.jobs().document("made").orElseThrow()).contains("log-message");
        house.configurations.set(
                0,
                configuration(
                        "p-made",
                        "JobUpdate",
                        "{'Job':{'id':'made','tasks':[{'command':'echo'}],'colour':'red'}}"));
        assertThat(house.run("j").reason()).contains("p-made: /colour: unknown member");
        assertThat(house.jobs().document("made").orElseThrow())
                .as("it is as it was, and goes with its policy all the same")
                .contains("log-message");
        house.job("changed", "{'id':'changed','tasks':[{'command':'log-message'}]}");
        house.configurations.clear();
        JobRun run = house.run("j");
        assertThat(run.tasks().get(0).output())
                .contains("job `made` went with policy p-made")
                .contains("job `changed` stays: it is not as policy p-changed made it");
        assertThat(house.jobs().find("made")).isEmpty();
        assertThat(house.jobs().find("changed")).isPresent();
        assertThat(house.jobs().find("j2")).as("it was there before").isPresent();
        assertThat(house.run("j").tasks().get(0).output())
                .isEqualTo("no policy says anything about configuration");
    }

    private static Grant grant(String id, Instant to) {
        return new Grant(
                id,
                "r",
                "alice",
                1001,
                "/bin/id",
                List.of("id"),
                "root",
                to.minusSeconds(9),
                to,
                "");
    }

    private static PolicyEngine.Configuration configuration(String id, String type, String json) {
        return new PolicyEngine.Configuration(
                new PolicyRef(id, id, 1), type, json.replace('\'', '"'));
    }

    @Test
    void a_job_of_whose_maker_nothing_can_be_read_stays_and_is_named() throws Exception {
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        house.configurations.add(
                configuration(
                        "p", "JobUpdate", "{'Job':{'id':'lost','tasks':[{'command':'echo'}]}}"));
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        house.configurations.clear();
        house.books.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.JOB_STATE, "policy/lost", "no JSON".getBytes())),
                        List.of()));
        assertThat(house.run("j").reason())
                .contains("job `lost` stays: what is stored of who made it can't be read");
        assertThat(house.jobs().find("lost")).isPresent();
        assertThat(house.run("j").state()).as("told once").isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_grant_that_is_open_past_its_time_is_ended_unless_it_may_finish() throws Exception {
        Instant now = house.times.now();
        house.grants.add(grant("late", now.minusSeconds(121)));
        house.grants.add(grant("just", now.minusSeconds(60)));
        house.grants.add(grant("open", now.plusSeconds(60)));
        job("", "{'type':'builtin','command':'check-grants'}");
        assertThat(house.run("j").tasks().get(0).output())
                .isEqualTo("3 grants are open, 1 of them over their time: these were ended");
        assertThat(house.ended).containsExactly("grant late by job ExecutionGrantStartupCleanup");
        Chore finishing =
                SmallChores.of("1", house.decision, false, house.times).stream()
                        .filter(each -> each.name().equals("check-grants"))
                        .findFirst()
                        .orElseThrow();
        assertThat(finishing.run(Map.of())).endsWith("which may finish (`atExpiry`)");
    }

    @Test
    void an_account_without_a_grant_is_removed_and_one_of_a_grant_stays() throws Exception {
        assertThat(house.cleanup().run(Map.of())).contains("no ephemeral account is there");
        Instant now = house.times.now();
        house.grants.add(grant("00000000-aaaa", now.plusSeconds(60)));
        String used = EphemeralAccounts.name("00000000-aaaa");
        house.ephemeral.add(used);
        house.ephemeral.add(EphemeralAccounts.PREFIX + "bbbb");
        assertThat(house.cleanup().run(Map.of())).contains("removed").contains("bbbb");
        assertThat(house.ephemeral).containsExactly(used);
        house.ephemeral.add(EphemeralAccounts.PREFIX + "stuck");
        assertThatThrownBy(() -> house.cleanup().run(Map.of())).hasMessageContaining("in use");
        assertThat(house.ephemeral).contains(used);
    }

    @Test
    void the_last_64_kib_of_what_is_written_are_kept() throws Exception {
        Tail tail = new Tail();
        byte[] much = new byte[200_000];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) ('a' + i % 26);
        }
        tail.drain(new ByteArrayInputStream(much));
        assertThat(tail.text()).isEqualTo(new String(much, much.length - Tail.KEPT, Tail.KEPT));
        Tail little = new Tail();
        little.drain(new ByteArrayInputStream("abc".getBytes()));
        assertThat(little.text()).isEqualTo("abc");
    }
}
