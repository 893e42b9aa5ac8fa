package io.kepm.elevation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

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
        try {
            // No line before them can hold these: the process's name is shown escaped.
            String text = "\n" + Files.readString(status, StandardCharsets.ISO_8859_1);
            Set<String> groups = new LinkedHashSet<>(words(text, "\nGid:").subList(0, 1));
            groups.addAll(words(text, "\nGroups:"));
            return String.join(",", groups);
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    /** What follows a name in its line. */
    private static List<String> words(String text, String name) {
        int at = text.indexOf(name);
        List<String> words = new ArrayList<>();
        if (at < 0) {
            return words;
        }
        int start = at + name.length();
        StringTokenizer rest =
                new StringTokenizer(text.substring(start, text.indexOf('\n', start)));
        while (rest.hasMoreTokens()) {
            words.add(rest.nextToken());
        }
        return words;
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
