package io.kepm.sudo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose sudo it is, before it has said so: the real uid of the process that connected. For fairness
 * only; it decides about no right.
 */
interface Invokers {

    /** Stands for all whose process is gone or can't be read. */
    long UNKNOWN = -1;

    long realUid(int pid);

    /** From {@code /proc/PID/status}. */
    static Invokers ofProc() {
        return pid -> {
            try {
                byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/status"));
                String status = new String(bytes, StandardCharsets.ISO_8859_1);
                // No line before it can hold these: the process's name is shown escaped.
                int at = status.indexOf("\nUid:\t") + 6;
                return Long.parseLong(status.substring(at, status.indexOf('\t', at)));
            } catch (IOException | RuntimeException e) {
                return UNKNOWN;
            }
        };
    }
}
