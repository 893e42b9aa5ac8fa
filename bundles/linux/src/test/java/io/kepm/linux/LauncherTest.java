package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.LaunchOrder.LaunchLimits;
import io.kepm.api.linux.LaunchOrder.LaunchUser;
import io.kepm.api.linux.Launcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest {

    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final long UID = 61_234;
    private static final LaunchUser USER = new LaunchUser(UID, 61_235, List.of(61_300L));

    private static ScheduledExecutorService watch;
    private static Path program;

    @BeforeAll
    static void build() throws Exception {
        program = NativeLauncher.path();
        watch = Executors.newSingleThreadScheduledExecutor();
    }

    @AfterAll
    static void stop() {
        if (watch != null) {
            watch.shutdownNow();
        }
    }

    @Test
    void a_program_runs_with_its_users_rights_and_hears_one_line() throws Exception {
        Launcher.Child child =
                launch(
                        "import os,sys; print(os.getuid(), os.getgid(), os.getgroups(), sys.stdin.read(),"
                                + " sorted(k for k in os.environ if k != 'LC_CTYPE'));"
                                + " print('wrong', file=sys.stderr); sys.exit(7)");
        assertThat(child.isAlive()).isTrue();
        child.tell("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(text(child))
                .contains("61234 61235 [61300] hello ['WORD']\n")
                .contains("wrong\n");
        assertThat(child.exit().get(60, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(child.isAlive()).isFalse();
        assertThatThrownBy(() -> child.tell(new byte[0])).hasMessageContaining("told before");
    }

    @Test
    void standard_error_is_apart_where_that_is_ordered_and_no_descriptor_is_left()
            throws Exception {
        long before = 0;
        for (int i = 0; i < 4; i++) {
            // What is loaded for the first one keeps files of its own open.
            before = i == 1 ? descriptors() : before;
            Launcher.Child child =
                    launching(false)
                            .launch(
                                    python(
                                                    "import sys; print('out'); print('wrong', file=sys.stderr)")
                                            .partingErrors(true));
            child.tell(new byte[0]);
            assertThat(text(child)).isEqualTo("out\n");
            try (var errors = child.errors()) {
                assertThat(new String(errors.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("wrong\n");
            }
            assertThat(child.exit().get(60, TimeUnit.SECONDS)).isZero();
            child.output().close();
        }
        assertThat(descriptors()).isLessThan(before + 3);
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void its_identity_is_what_the_kernel_says() throws Exception {
        Launcher.Child child = launch("import sys; sys.stdin.read()");
        Launcher.Identity identity = child.identity();
        assertThat(ProcStat.of(identity.pid()).orElseThrow().startTicks())
                .isEqualTo(identity.startTicks());
        assertThat(Files.readString(Path.of("/proc/" + identity.pid() + "/status")))
                .contains("Uid:\t61234\t61234\t61234\t61234\n")
                .contains("NoNewPrivs:\t1\n");
        assertThat(identity.uid()).isEqualTo(UID);
        assertThat(identity.sha256())
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(Files.readAllBytes(PYTHON))));
        assertThat(child.isUnchanged()).isTrue();
        child.end(Duration.ofSeconds(5));
        assertThat(child.isUnchanged()).isFalse();
    }

    @Test
    void ab_32_another_program_in_the_same_process_is_no_longer_the_one_launched()
            throws Exception {
        Launcher.Child child =
                launch(
                        "import os,sys; sys.stdin.read();"
                                + " os.execv('/usr/bin/sleep', ['sleep', '60'])");
        assertThat(child.isUnchanged()).isTrue();
        child.tell(new byte[0]);
        Trials.await(() -> !child.isUnchanged());
        assertThat(child.isAlive()).isTrue();
        child.end(Duration.ofSeconds(5));
    }

    @Test
    void what_a_launcher_that_is_gone_left_is_ended_by_number_and_start_and_nothing_else()
            throws Exception {
        Launcher.Child child =
                launch("import os,time; os.fork(); print('up', flush=True); time.sleep(600)");
        Launcher.Identity identity = child.identity();
        LauncherComponent next = new LauncherComponent(program);
        try {
            next.endLeft(identity.pid(), identity.startTicks() - 1);
            assertThat(child.isAlive()).isTrue();
            next.endLeft(identity.pid(), identity.startTicks());
            assertThat(child.exit().get(60, TimeUnit.SECONDS)).isEqualTo(137);
            next.endLeft(identity.pid(), identity.startTicks());
        } finally {
            next.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_whole_tree_is_ended_a_session_of_its_own_included(boolean inCgroup) throws Exception {
        Launcher.Child child =
                launching(inCgroup)
                        .launch(
                                python(
                                        "import os,signal,time\n"
                                                + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                                                + "if os.fork() == 0:\n"
                                                + "    os.setsid()\n"
                                                + "    print('x', os.getpid(), flush=True)\n"
                                                + "time.sleep(600)"));
        int grandchild = Integer.parseInt(line(child).split(" ")[1]);
        assertThat(ProcStat.of(grandchild)).isPresent();
        child.end(Duration.ofMillis(100));
        assertThat(ProcStat.of(grandchild).filter(stat -> !stat.isZombie())).isEmpty();
        assertThat(child.isAlive()).isFalse();
        assertThat(child.exit().get(60, TimeUnit.SECONDS)).isEqualTo(128 + Libc.SIGKILL);
        // Again, and nothing happens.
        child.end(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothing_outlives_a_program_that_ends_by_itself(boolean inCgroup) throws Exception {
        Launcher.Child child =
                launching(inCgroup)
                        .launch(
                                python(
                                        "import os,time\n"
                                                + "pid = os.fork()\n"
                                                + "if pid == 0: time.sleep(600)\n"
                                                + "print('x', pid, flush=True)"));
        int left = Integer.parseInt(line(child).split(" ")[1]);
        assertThat(child.exit().get(60, TimeUnit.SECONDS)).isZero();
        assertThat(ProcStat.of(left).filter(stat -> !stat.isZombie())).isEmpty();
        assertThat(cgroupsLeft()).isEmpty();
    }

    @Test
    void what_wants_to_end_by_itself_gets_its_grace() throws Exception {
        Launcher.Child child =
                launch(
                        "import signal,sys,time\n"
                                + "signal.signal(signal.SIGTERM, lambda *a: sys.exit(3))\n"
                                + "print('ready', flush=True)\n"
                                + "time.sleep(600)");
        assertThat(line(child)).isEqualTo("ready");
        child.end(Duration.ofSeconds(60));
        assertThat(child.exit().get(60, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ab_75_a_file_of_a_gigabyte_ends_at_its_limit(boolean inCgroup) throws Exception {
        Path file = Trees.safe().resolve("large");
        Launcher.Child child =
                launching(inCgroup)
                        .launch(
                                new LaunchOrder(
                                        "test",
                                        Path.of("/usr/bin/dd"),
                                        List.of(
                                                "dd",
                                                "if=/dev/zero",
                                                "of=" + file,
                                                "bs=1M",
                                                "count=1024"),
                                        Map.of(),
                                        Path.of("/"),
                                        new LaunchUser(0, 0, List.of()),
                                        LaunchLimits.USUAL.withFileBytes(1 << 20)));
        assertThat(child.exit().get(60, TimeUnit.SECONDS)).as("SIGXFSZ").isEqualTo(128 + 25);
        assertThat(file).hasSize(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ab_75_what_forks_without_end_has_so_many_processes_and_leaves_none(boolean inCgroup)
            throws Exception {
        String forks =
                "import os, time\nmade = 0\n"
                        + "while True:\n"
                        + "  try:\n"
                        + "    if os.fork() == 0: time.sleep(600)\n"
                        + "    made += 1\n"
                        + "  except OSError as e:\n"
                        + "    print(made, e.strerror, flush=True)\n"
                        + "    time.sleep(600)\n";
        Launcher.Child child =
                launching(inCgroup)
                        .launch(
                                new LaunchOrder(
                                        "test",
                                        PYTHON,
                                        List.of("python3", "-c", forks),
                                        Map.of(),
                                        Path.of("/"),
                                        USER,
                                        new LaunchLimits(256, 16, 0, 0)));
        assertThat(line(child)).matches("1?\\d Resource temporarily unavailable");
        child.end(Duration.ofSeconds(5));
        assertThat(child.exit().isDone()).isTrue();
    }

    @Test
    void what_could_not_be_started_says_why_and_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> launching(true).launch(order(Path.of("/etc/passwd"), "x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can't be run by user 61234")
                .hasMessageContaining("Permission denied");
        assertThatThrownBy(() -> launching(true).launch(order(Path.of("/nonexistent/x"), "x")))
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> launching(true).launch(order(Path.of("/usr/bin"), "x")))
                .hasMessageContaining("not a regular file");
        assertThat(cgroupsLeft()).isEmpty();
    }

    @Test
    void only_what_root_alone_can_change_is_launched() throws Exception {
        Path folder = Trees.safe();
        Path tool = folder.resolve("tool");
        Files.copy(Path.of("/usr/bin/true"), tool);
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> launching(true).launch(order(tool, "tool")))
                .hasMessageContaining("is not launched")
                .hasMessageContaining("writable by others");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(launching(true).launch(order(tool, "tool")).exit().get(60, TimeUnit.SECONDS))
                .isZero();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> launching(true).launch(order(tool, "tool")))
                .hasMessageContaining("is not launched");
    }

    @Test
    void nothing_of_a_program_runs_before_its_witness_saw_it_nor_when_that_fails()
            throws Exception {
        Path made = Trees.safe().resolve("made");
        Path touch = Path.of("/usr/bin/touch");
        List<Long> ticks = new ArrayList<>();
        LaunchOrder order =
                new LaunchOrder(
                        "test",
                        touch,
                        List.of("touch", made.toString()),
                        Map.of(),
                        Path.of("/"),
                        new LaunchUser(0, 0, List.of()),
                        LaunchLimits.USUAL);
        assertThatThrownBy(
                        () ->
                                launching(true)
                                        .launch(
                                                order,
                                                identity -> {
                                                    ticks.add(identity.startTicks());
                                                    throw new IOException("the disk is full");
                                                }))
                .hasMessageContaining("the disk is full");
        assertThat(made).doesNotExist();
        assertThat(cgroupsLeft()).isEmpty();
        Launcher.Child child =
                launching(true)
                        .launch(
                                order,
                                identity -> {
                                    assertThat(made).doesNotExist();
                                    ticks.add(identity.startTicks());
                                });
        assertThat(child.exit().get(60, TimeUnit.SECONDS)).isZero();
        assertThat(made).exists();
        assertThat(ticks).hasSize(2).last().isEqualTo(child.identity().startTicks());
    }

    @Test
    void a_script_is_the_program_of_its_interpreter() throws Exception {
        Path script = Trees.safe().resolve("tool.py");
        Files.writeString(
                script,
                "#!/usr/bin/env python3\nimport sys\nprint('ready', flush=True)\nsys.stdin.read()\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Launcher.Child child = launching(true).launch(order(script, "tool.py"));
        assertThat(line(child)).isEqualTo("ready");
        assertThat(child.isUnchanged()).isTrue();
        child.end(Duration.ofSeconds(5));
    }

    @Test
    void a_number_is_no_owner_once_the_process_is_gone() throws Exception {
        Launcher.Child child = launch("import sys; sys.stdin.read()");
        child.end(Duration.ofSeconds(5));
        assertThat(child.isAlive()).isFalse();
        assertThat(child.holds(1)).isFalse();
    }

    @Test
    void ab_30_a_process_that_got_the_number_of_the_launched_one_is_not_it() throws Exception {
        Launcher.Child child = launch("import sys; sys.stdin.read()");
        int pid = child.identity().pid();
        child.end(Duration.ofSeconds(5));
        Path last = Path.of("/proc/sys/kernel/ns_last_pid");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.isWritable(last), "this kernel lets nobody choose numbers");
        for (int i = 0; i < 200; i++) {
            Files.writeString(last, Integer.toString(pid - 1));
            Process other = new ProcessBuilder("/usr/bin/sleep", "600").start();
            boolean reused = other.pid() == pid;
            try {
                if (reused) {
                    assertThat(ProcStat.of(pid)).isPresent();
                    assertThat(child.isAlive()).isFalse();
                    assertThat(child.isUnchanged()).isFalse();
                    // Nor is it ended in its stead.
                    child.end(Duration.ZERO);
                    assertThat(other.isAlive()).isTrue();
                    return;
                }
            } finally {
                other.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            }
        }
        org.junit.jupiter.api.Assumptions.abort("the number did not come again");
    }

    @Test
    void an_order_that_is_none_is_refused() {
        assertThatThrownBy(() -> launching(true).launch(named("../x", PYTHON, "x")))
                .hasMessageContaining("no name");
        assertThatThrownBy(() -> launching(true).launch(order(PYTHON)))
                .hasMessageContaining("lack its own name");
        assertThatThrownBy(() -> launching(true).launch(order(Path.of("python3"), "x")))
                .hasMessageContaining("absolute");
    }

    @Test
    void what_a_killed_agent_left_running_is_ended_by_the_next() throws Exception {
        Cgroups ours = Cgroups.ofThisProcess();
        org.junit.jupiter.api.Assumptions.assumeTrue(
                ours.create("probe").map(Cgroup::remove).orElse(false), "no cgroup version 2");
        Path base = base();
        Path left =
                Files.createDirectory(
                        base.resolve("kepm.999999999." + System.nanoTime() + ".1.left"));
        Process sleeper = new ProcessBuilder("/usr/bin/sleep", "600").start();
        Files.writeString(left.resolve("cgroup.procs"), Long.toString(sleeper.pid()));
        ours.clear();
        assertThat(sleeper.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(left).doesNotExist();
    }

    private static Launcher.Child launch(String script) throws IOException {
        return launching(true).launch(python(script));
    }

    private static Launching launching(boolean inCgroup) {
        return new Launching(
                program,
                inCgroup ? Cgroups.ofThisProcess() : Cgroups.none(),
                new Digests(InstantSource.system()),
                watch);
    }

    private static LaunchOrder python(String script) {
        return order(PYTHON, "python3", "-c", script);
    }

    private static LaunchOrder order(Path executable, String... argv) {
        return named("test", executable, argv);
    }

    private static LaunchOrder named(String name, Path executable, String... argv) {
        return new LaunchOrder(
                name,
                executable,
                List.of(argv),
                Map.of("WORD", "1"),
                Path.of("/"),
                USER,
                LaunchLimits.USUAL);
    }

    private static String text(Launcher.Child child) throws IOException {
        return new String(child.output().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String line(Launcher.Child child) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = child.output().read()) >= 0 && c != '\n'; ) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static Path base() throws IOException {
        return CgroupPlace.find(
                        Files.readString(Path.of("/proc/self/mountinfo")),
                        Files.readString(Path.of("/proc/self/cgroup")))
                .orElseThrow();
    }

    private static List<Path> cgroupsLeft() throws IOException {
        String ours = "kepm." + ProcessHandle.current().pid() + ".";
        if (!Files.exists(Path.of("/sys/fs/cgroup"))) {
            return List.of();
        }
        try (var folders = Files.list(base())) {
            return new ArrayList<>(
                    folders.filter(each -> each.getFileName().toString().startsWith(ours))
                            .toList());
        }
    }
}
