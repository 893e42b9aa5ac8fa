package io.kepm.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What {@link SystemdScopesTest} runs inside, one step by its name; says what it saw. */
public final class SystemdTrial {

    private static final String TREE =
            "trap '%s' TERM HUP; read go; setsid bash -c 'trap \"%s\" TERM HUP; sleep 600; sleep 600' &"
                    + " sleep 600; sleep 600";

    /** Times as much time as usual, at most, on a slow machine. */
    private static final int MOST_UNIT = 9;

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
        Grown grown = grown("0a1b-limit");
        Process root = grown.root();
        Set<Integer> members = grown.members();
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

    /**
     * Two seconds, of which five are made: it lives on, and ends by the manager all the same. On a
     * machine that can't look at it in time, all of them are so much longer.
     */
    private void longer() throws Exception {
        Optional<Boolean> lives = Optional.empty();
        for (int unit = 1; lives.isEmpty() && unit <= MOST_UNIT; unit *= 3) {
            lives = livesOn(unit);
            Trials.await(this::nonePresent);
        }
        say("lives after its former time", lives.orElseThrow());
        say("ended by the manager at the new one", true);
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

    /** Empty when it was looked at too late, or its time was over before it was made longer. */
    private Optional<Boolean> livesOn(int unit) throws Exception {
        long begun = System.nanoTime();
        Set<Integer> members = grown("more", Duration.ofSeconds(2L * unit)).members();
        if (members.size() < 4 || isOver(begun, 1.8 * unit)) {
            return Optional.empty();
        }
        scopes.prolong("more", Duration.ofSeconds(5L * unit));
        if (isOver(begun, 1.9 * unit)) {
            return Optional.empty();
        }
        while (!isOver(begun, 3.5 * unit)) {
            Thread.sleep(20);
        }
        boolean lives = !gone(members);
        boolean late = isOver(begun, 4.9 * unit);
        Trials.await(() -> gone(members));
        return late ? Optional.empty() : Optional.of(lives);
    }

    private static boolean isOver(long begun, double seconds) {
        return System.nanoTime() - begun > seconds * 1e9;
    }

    /** The manager reads its files again, then starts itself anew: what runs keeps its time. */
    private void anew() throws Exception {
        Set<Integer> members = Set.of();
        boolean afterReload = false;
        boolean afterStart = false;
        boolean late = true;
        for (int unit = 1; late && unit <= MOST_UNIT; unit *= 3) {
            Trials.await(this::nonePresent);
            long begun = System.nanoTime();
            members = grown("kept", Duration.ofSeconds(6L * unit)).members();
            manager("daemon-reload");
            afterReload = scopes.members("kept").containsAll(members);
            manager("daemon-reexec");
            afterStart = scopes.members("kept").containsAll(members);
            late = members.size() < 4 || isOver(begun, 5.9 * unit);
        }
        say("after a reload", afterReload);
        say("after a new start", afterStart);
        Set<Integer> kept = members;
        Process other = tree("");
        put("next", other, Duration.ofMinutes(5));
        say("another one", grow("next", other).size() >= 4);
        scopes.prolong("next", Duration.ofMinutes(6));
        scopes.end("next", Duration.ZERO);
        Trials.await(() -> gone(kept));
        say("ended by the manager", gone(kept));
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
        say("pid", grown("orphan").root().pid());
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

    private record Grown(Process root, Set<Integer> members) {}

    /** A tree in a scope of two seconds; of more on a machine where it does not grow in two. */
    private Grown grown(String id) throws Exception {
        for (int unit = 1; unit <= MOST_UNIT; unit *= 3) {
            Grown grown = grown(id, Duration.ofSeconds(2L * unit));
            if (grown.members().size() >= 4) {
                return grown;
            }
            Trials.await(this::nonePresent);
        }
        throw new AssertionError("`" + id + "` did not grow");
    }

    /** With fewer members than it has to have when its time was over before. */
    private Grown grown(String id, Duration most) throws Exception {
        Process root = tree("");
        put(id, root, most);
        begin(root);
        Trials.await(() -> size(id) >= 4 || !root.isAlive());
        return new Grown(root, scopes.members(id));
    }

    /** Has it start others, one in a session of its own; who they are. */
    private Set<Integer> grow(String id, Process root) throws Exception {
        begin(root);
        Trials.await(() -> size(id) >= 4);
        return scopes.members(id);
    }

    private static void begin(Process root) throws IOException {
        root.getOutputStream().write('\n');
        root.getOutputStream().flush();
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
