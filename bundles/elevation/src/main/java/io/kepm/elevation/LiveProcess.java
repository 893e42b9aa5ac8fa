package io.kepm.elevation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Processes told apart by pid and start: that of a grant, and the first of a login session. */
final class LiveProcess {

    /** Of the fields after the name, which may hold spaces and brackets itself (proc(5)). */
    private static final int START = 19;

    private static final int SESSION = 3;

    private LiveProcess() {}

    /** When a process started, in clock ticks since the boot; 0 when it is gone or unknown. */
    static long startOf(int pid) {
        return field(pid, START);
    }

    /**
     * The login session of a process: its terminal, and the first process of its session by pid and
     * start, so that nobody who gets the same terminal later is taken for the one before. Empty
     * when there is no terminal, or that process is gone.
     */
    static String loginSession(int pid, String tty) {
        long leader = field(pid, SESSION);
        long started = leader > Integer.MAX_VALUE ? 0 : startOf((int) leader);
        return tty.isEmpty() || started == 0 ? "" : tty + " " + leader + " " + started;
    }

    /**
     * Numbers of the groups that a process was given when its user logged in, with commas between
     * them; empty when it is gone.
     */
    static String groupsOf(int pid) {
        return pid <= 0 ? "" : groupsIn(Path.of("/proc/" + pid + "/status"));
    }

    static String groupsIn(Path status) {
        try (Stream<String> lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Gid:") || line.startsWith("Groups:"))
                    .flatMap(LiveProcess::groups)
                    .distinct()
                    .collect(Collectors.joining(","));
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /** The real one of four; all of the others. */
    private static Stream<String> groups(String line) {
        String[] words = line.split("\\s+", -1);
        return Arrays.stream(words)
                .skip(1)
                .limit(words[0].equals("Gid:") ? 1 : words.length)
                .filter(word -> !word.isEmpty());
    }

    private static long field(int pid, int number) {
        if (pid <= 0) {
            return 0;
        }
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
            String stat = new String(bytes, StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", number + 2);
            return Long.parseLong(fields[number]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    static boolean runs(StoredGrant stored) {
        return stored.started() != 0 && startOf(stored.pid()) == stored.started();
    }
}
