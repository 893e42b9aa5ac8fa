package io.kepm.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code /proc/PID/stat} says (proc_pid_stat(5)).
 *
 * @param startTicks since boot; with the pid it names one process for ever
 */
record ProcStat(int pid, int parent, int session, long startTicks, boolean isZombie) {

    /** Of the fields behind the name. */
    private static final int STATE = 0;

    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int START = 19;

    /** Empty when there is no such process. */
    static Optional<ProcStat> of(int pid) {
        try {
            return Optional.of(
                    parse(
                            pid,
                            new String(
                                    Files.readAllBytes(Path.of("/proc/" + pid + "/stat")),
                                    StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The name stands in brackets, and may hold blanks and brackets itself. */
    static ProcStat parse(int pid, String text) throws IOException {
        try {
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", START + 2);
            return new ProcStat(
                    pid,
                    Integer.parseInt(fields[PARENT]),
                    Integer.parseInt(fields[SESSION]),
                    Long.parseLong(fields[START]),
                    fields[STATE].equals("Z") || fields[STATE].equals("X"));
        } catch (RuntimeException e) {
            throw new IOException("`/proc/" + pid + "/stat` can't be read: " + e.getMessage(), e);
        }
    }
}
