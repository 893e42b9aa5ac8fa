package io.kepm.elevation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the process a grant was given to still runs: same pid, same start. */
final class LiveProcess {

    /** Of the fields after the name, which may hold spaces and brackets itself (proc(5)). */
    private static final int START = 19;

    private LiveProcess() {}

    /** When a process started, in clock ticks since the boot; 0 when it is gone or unknown. */
    static long startOf(int pid) {
        if (pid <= 0) {
            return 0;
        }
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
            String stat = new String(bytes, StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", START + 2);
            return Long.parseLong(fields[START]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    static boolean runs(StoredGrant stored) {
        return stored.started() != 0 && startOf(stored.pid()) == stored.started();
    }
}
