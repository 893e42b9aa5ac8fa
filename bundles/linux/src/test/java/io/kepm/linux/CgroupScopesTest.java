package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.linux.Scopes.Means;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scopes by the real cgroups of this machine, in a folder of the test's own. */
class CgroupScopesTest {

    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final List<Process> started = new ArrayList<>();
    private Path tree = Path.of("/");
    private CgroupScopes scopes;

    @BeforeEach
    void prepare() throws IOException {
        Optional<Path> top = CgroupPlace.top(Files.readString(Path.of("/proc/self/mountinfo")));
        assumeTrue(top.isPresent(), "this machine has no cgroups of version 2");
        assumeTrue(Libc.geteuid() == 0 && Files.isWritable(top.get()), "no cgroup can be made");
        tree = top.get().resolve("kepm-test-" + System.nanoTime());
        Files.createDirectory(tree);
        scopes = CgroupScopes.in(tree, later).orElseThrow();
    }

    @AfterEach
    void clear() throws Exception {
        later.shutdownNow();
        started.forEach(Process::destroyForcibly);
        ScopeFolder all = new ScopeFolder(tree);
        if (all.exists() && !tree.equals(Path.of("/"))) {
            all.kill();
            Trials.await(() -> removed(all));
        }
    }

    @Test
    void ab_17_without_a_process_nobody_is_put_into_a_scope_the_agent_least_of_all() {
        assertThatThrownBy(() -> new ScopesComponent().put("x", 0, 0, Duration.ZERO))
                .hasMessageContaining("no process");
    }

    @Test
    void ab_93_a_whole_tree_is_ended_a_double_fork_into_another_session_included()
            throws Exception {
        assertThat(scopes.means()).isEqualTo(Means.AGENT);
        Process root = bash("read go; (setsid bash -c 'sleep 600; :' &) ; sleep 600; :");
        put("tree", root, Duration.ofMinutes(5));
        go(root);
        Trials.await(() -> size("tree") >= 4);
        Set<Integer> members = scopes.members("tree");
        assertThat(scopes.present()).containsExactly("tree");
        scopes.end("tree", Duration.ZERO);
        Trials.await(() -> gone(members));
        Trials.await(() -> present().isEmpty());
    }

    @Test
    void who_does_not_listen_is_killed_after_the_grace_and_who_does_ends_by_himself()
            throws Exception {
        Process deaf = bash("trap '' TERM HUP; read go; sleep 600; sleep 600");
        Process hears = bash("trap 'exit 7' TERM HUP; read go; sleep 600 & while :; do wait; done");
        put("deaf", deaf, Duration.ZERO);
        put("hears", hears, Duration.ZERO);
        go(deaf);
        go(hears);
        Trials.await(() -> size("deaf") == 2 && size("hears") == 2);
        scopes.end("hears", Duration.ofSeconds(60));
        assertThat(hears.waitFor()).isEqualTo(7);
        scopes.end("deaf", Duration.ofMillis(200));
        assertThat(deaf.waitFor()).isEqualTo(128 + Libc.SIGKILL);
        Trials.await(() -> size("deaf") == 0);
    }

    @Test
    void ab_93_what_moves_into_a_cgroup_below_its_own_is_in_the_scope_still() throws Exception {
        Process root = bash("read go; sleep 600; :");
        put("deep", root, Duration.ZERO);
        Path own = ownFolder("deep");
        Path below = Files.createDirectories(own.resolve("a/b"));
        Files.writeString(below.resolve("cgroup.procs"), Long.toString(root.pid()));
        assertThat(Files.readString(own.resolve("cgroup.procs"))).isEmpty();
        assertThat(scopes.members("deep")).containsExactly((int) root.pid());
        scopes.leave();
        assertThat(own).exists();
        scopes.end("deep", Duration.ZERO);
        root.waitFor();
        Trials.await(() -> present().isEmpty());
        assertThat(own).doesNotExist();
        scopes.leave();
        assertThat(tree.resolve("kepm-grants")).doesNotExist();
    }

    @Test
    void a_process_that_is_not_the_one_meant_gets_no_scope_and_nothing_is_left() throws Exception {
        Process root = bash("read go");
        int pid = (int) root.pid();
        assertThatThrownBy(() -> scopes.put("other", pid, 1, Duration.ZERO))
                .hasMessageContaining("is gone");
        go(root);
        root.waitFor();
        assertThatThrownBy(() -> scopes.put("dead", pid, 1, Duration.ZERO))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> scopes.put("../x", pid, 1, Duration.ZERO))
                .hasMessageContaining("not the id of a scope");
        assertThat(present()).isEmpty();
        assertThat(scopes.members("never")).isEmpty();
        scopes.end("never", Duration.ZERO);
    }

    @Test
    void ab_92_what_a_dead_agent_made_is_found_and_what_a_living_one_made_is_left_alone()
            throws Exception {
        Process left = bash("read go; sleep 600; :");
        Process others = bash("read go; sleep 600; :");
        Process agent = bash("sleep 600; :");
        long agentStart = ProcStat.of((int) agent.pid()).orElseThrow().startTicks();
        Path base = tree.resolve("kepm-grants");
        new ScopeFolder(Files.createDirectory(base.resolve("999999999.1.of-the-dead")))
                .add((int) left.pid());
        String living = agent.pid() + "." + agentStart + ".of-the-living";
        new ScopeFolder(Files.createDirectory(base.resolve(living))).add((int) others.pid());
        assertThat(scopes.present()).containsExactly("of-the-dead");
        assertThat(scopes.members("of-the-dead")).containsExactly((int) left.pid());
        assertThat(scopes.members("of-the-living")).isEmpty();
        scopes.end("of-the-dead", Duration.ZERO);
        scopes.end("of-the-living", Duration.ZERO);
        left.waitFor();
        assertThat(others.isAlive()).isTrue();
        agent.destroyForcibly().waitFor();
        assertThat(scopes.present()).contains("of-the-living");
    }

    @Test
    void without_a_scope_a_tree_is_what_the_kernel_shows_as_such() throws Exception {
        Process root = bash("trap '' TERM HUP; read go; setsid sleep 600 & sleep 600; :");
        go(root);
        Trials.await(() -> root.descendants().count() == 2);
        Set<Integer> all =
                root.descendants()
                        .map(process -> (int) process.pid())
                        .collect(java.util.stream.Collectors.toSet());
        long start = ProcStat.of((int) root.pid()).orElseThrow().startTicks();
        scopes.endTree((int) root.pid(), start + 1, Duration.ZERO);
        assertThat(root.isAlive()).as("another process of that number").isTrue();
        scopes.endTree((int) root.pid(), start, Duration.ofMillis(200));
        assertThat(root.waitFor()).isEqualTo(128 + Libc.SIGKILL);
        Trials.await(() -> gone(all));
    }

    private Path ownFolder(String id) throws IOException {
        try (var folders = Files.list(tree.resolve("kepm-grants"))) {
            return folders.filter(path -> path.toString().endsWith("." + id))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Process bash(String line) throws IOException {
        Process process = new ProcessBuilder("bash", "-c", line).start();
        started.add(process);
        return process;
    }

    private static void go(Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    private void put(String id, Process process, Duration most) throws IOException {
        int pid = (int) process.pid();
        scopes.put(id, pid, ProcStat.of(pid).orElseThrow().startTicks(), most);
    }

    private int size(String id) {
        try {
            return scopes.members(id).size();
        } catch (IOException e) {
            return -1;
        }
    }

    private Set<String> present() {
        try {
            return scopes.present();
        } catch (IOException e) {
            return Set.of("unknown");
        }
    }

    private static boolean gone(Set<Integer> pids) {
        return pids.stream()
                .noneMatch(pid -> ProcStat.of(pid).filter(stat -> !stat.isZombie()).isPresent());
    }

    private static boolean removed(ScopeFolder folder) {
        try {
            return folder.remove();
        } catch (IOException e) {
            return false;
        }
    }
}
