package io.kepm.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What {@link SystemdScopesTest} runs inside, one step by its name; says what it saw. */
public final class SystemdTrial {

    private static final String TREE =
            "trap '%s' TERM HUP; read go; setsid bash -c 'trap \"%s\" TERM HUP; sleep 600; sleep 600' &"
                    + " sleep 600; sleep 600";

    private final ScopesComponent scopes = new ScopesComponent();

    private static String step = "";

    /** Steps, in their order; {@code await} has a process behind it. */
    public static void main(String[] words) throws Exception {
        SystemdTrial trial = new SystemdTrial();
        for (String word : words) {
            step = word.matches("[0-9]+") ? step : word;
            switch (word) {
                case "expiry" -> trial.expiry();
                case "end" -> trial.end();
                case "longer" -> trial.longer();
                case "anew" -> trial.anew();
                case "refusals" -> trial.refusals();
                case "leave" -> trial.leave();
                case "await" -> trial.await(Integer.parseInt(words[1]));
                default -> {}
            }
        }
        System.exit(0);
    }

    private static void say(String what, Object value) {
        System.out.println(step + ": " + what + " " + value);
    }

    private void expiry() throws Exception {
        say("means", scopes.means());
        Process root = tree("");
        put("0a1b-limit", root, Duration.ofSeconds(2));
        Set<Integer> members = grow("0a1b-limit", root);
        say("in the scope", members.contains((int) root.pid()) && members.size() >= 4);
        say("present", scopes.present());
        Trials.await(() -> gone(members));
        say("ended by the manager", root.waitFor() != 0 && gone(members));
        Trials.await(() -> empty("0a1b-limit") && nonePresent());
        say("left", scopes.present());
    }

    private void end() throws Exception {
        Process root = tree(":");
        put("deaf", root, Duration.ZERO);
        Set<Integer> members = grow("deaf", root);
        scopes.end("deaf", Duration.ofMillis(300));
        Trials.await(() -> gone(members));
        say("killed after the grace", true);
        Process other = tree(":");
        put("at-once", other, Duration.ofMinutes(5));
        Set<Integer> others = grow("at-once", other);
        scopes.end("at-once", Duration.ZERO);
        Trials.await(() -> gone(others));
        say("killed at once", true);
        Trials.await(() -> empty("deaf") && empty("at-once") && nonePresent());
        scopes.end("at-once", Duration.ZERO);
        scopes.end("never-was", Duration.ofSeconds(5));
        say("left", scopes.present());
    }

    /** Two seconds, of which five are made: it lives on, and ends by the manager all the same. */
    private void longer() throws Exception {
        Process root = tree("");
        put("more", root, Duration.ofSeconds(2));
        Set<Integer> members = grow("more", root);
        long begun = System.nanoTime();
        scopes.prolong("more", Duration.ofSeconds(5));
        Thread.sleep(3_500);
        say("lives after its former time", !gone(members));
        Trials.await(() -> gone(members));
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        say("ended by the manager at the new one", seconds < 20);
        Trials.await(this::nonePresent);
        try {
            scopes.prolong("more", Duration.ofSeconds(5));
            say("one that is gone", "made longer");
        } catch (IOException e) {
            say("one that is gone", e.getMessage());
        }
        say(
                "left of it",
                java.nio.file.Files.exists(
                        java.nio.file.Path.of("/run/systemd/system/kepm-grant-more.scope.d")));
    }

    /** The manager reads its files again, then starts itself anew: what runs keeps its time. */
    private void anew() throws Exception {
        Process root = tree("");
        put("kept", root, Duration.ofSeconds(8));
        Set<Integer> members = grow("kept", root);
        manager("daemon-reload");
        say("after a reload", scopes.members("kept").containsAll(members));
        manager("daemon-reexec");
        say("after a new start", scopes.members("kept").containsAll(members));
        Process other = tree("");
        put("next", other, Duration.ofMinutes(5));
        say("another one", grow("next", other).size() >= 4);
        scopes.prolong("next", Duration.ofMinutes(6));
        scopes.end("next", Duration.ZERO);
        Trials.await(() -> gone(members));
        say("ended by the manager", gone(members));
        Trials.await(this::nonePresent);
        say("left", scopes.present());
    }

    private static void manager(String verb) throws Exception {
        new ProcessBuilder("systemctl", verb).inheritIO().start().waitFor();
    }

    private void refusals() throws Exception {
        Process root = tree("");
        try {
            scopes.put("other", (int) root.pid(), 1, Duration.ofMinutes(5));
            say("another process", "put");
        } catch (IOException e) {
            say("another process", "refused");
        }
        root.destroyForcibly().waitFor();
        try {
            scopes.put("dead", (int) root.pid(), 1, Duration.ofMinutes(5));
            say("dead", "put");
        } catch (IOException e) {
            say("dead", "refused: " + e.getMessage());
        }
        Process again = tree("");
        put("twice", again, Duration.ofMinutes(5));
        try {
            put("twice", again, Duration.ofMinutes(5));
            say("twice", "put");
        } catch (IOException e) {
            say("twice", "refused: " + e.getMessage());
        }
        scopes.end("twice", Duration.ZERO);
    }

    /** The agent dies at once; its scope has two more seconds. */
    private void leave() throws Exception {
        Process root = tree("");
        put("orphan", root, Duration.ofSeconds(2));
        grow("orphan", root);
        say("pid", root.pid());
        System.out.flush();
        new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
    }

    private void await(int pid) throws Exception {
        Trials.await(() -> gone(Set.of(pid)) && empty("orphan"));
        say("ended without an agent", true);
    }

    private static Process tree(String trap) throws IOException {
        return new ProcessBuilder(List.of("bash", "-c", TREE.formatted(trap, trap))).start();
    }

    private void put(String id, Process root, Duration most) throws IOException {
        int pid = (int) root.pid();
        scopes.put(id, pid, ProcStat.of(pid).orElseThrow().startTicks(), most);
    }

    /** Has it start others, one in a session of its own; who they are. */
    private Set<Integer> grow(String id, Process root) throws Exception {
        root.getOutputStream().write('\n');
        root.getOutputStream().flush();
        Trials.await(() -> size(id) >= 4);
        return scopes.members(id);
    }

    private int size(String id) {
        try {
            return scopes.members(id).size();
        } catch (IOException e) {
            return 0;
        }
    }

    private boolean empty(String id) {
        return size(id) == 0;
    }

    /** The folder of an empty one goes a moment later. */
    private boolean nonePresent() {
        try {
            return scopes.present().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean gone(Set<Integer> pids) {
        return pids.stream()
                .noneMatch(pid -> ProcStat.of(pid).filter(stat -> !stat.isZombie()).isPresent());
    }
}
