package io.kepm.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** {@code /run/keeper/ready}: there while the agent answers; says when it began and when it did. */
final class ReadyFile {

    /** Clock ticks of /proc a second: the same on every Linux that we run on. */
    private static final long TICKS = 100;

    private final Path file;

    ReadyFile(Path run) {
        this.file = run.resolve("ready");
    }

    void write(long startedMillis, long readyMillis) throws IOException {
        Path draft = file.resolveSibling(".ready");
        Files.deleteIfExists(draft);
        Files.createFile(
                draft,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(
                draft,
                "started=" + startedMillis + " ready=" + readyMillis + "\n",
                StandardOpenOption.WRITE);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("`" + file + "` can't be removed", e);
        }
    }

    /** When this process began, from the kernel: to 10 ms, and without loading JMX for it. */
    static long processStart(long nowMillis) throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long startTicks = Long.parseLong(fields[19]);
        String uptime = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
        double runningSeconds = Double.parseDouble(uptime) - (double) startTicks / TICKS;
        return nowMillis - Math.round(runningSeconds * 1000);
    }
}
