package io.kepm.linux;

import io.kepm.api.linux.LaunchOrder.LaunchLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The cgroup (version 2) of one launched program: nothing that it starts gets out of it. */
final class Cgroup {

    private final Path folder;

    Cgroup(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /**
     * Sets the bounds of processes and memory, where this group has the controllers.
     *
     * @return whether it has both
     */
    boolean limit(LaunchLimits limits) throws IOException {
        if (!Files.exists(folder.resolve("pids.max"))
                || !Files.exists(folder.resolve("memory.max"))) {
            return false;
        }
        write("pids.max", Long.toString(limits.processes()));
        write("memory.max", limits.memoryBytes() > 0 ? Long.toString(limits.memoryBytes()) : "max");
        return true;
    }

    /** The processes in it, but for those whose parent did not look after them yet. */
    List<ProcStat> members() throws IOException {
        try {
            return Files.readAllLines(folder.resolve("cgroup.procs")).stream()
                    .flatMap(pid -> ProcStat.of(Integer.parseInt(pid)).stream())
                    .filter(stat -> !stat.isZombie())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Whether a process is in it now. */
    boolean holds(int pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                    .anyMatch(
                            line ->
                                    line.startsWith("0::")
                                            && line.endsWith("/" + folder.getFileName()));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the kernel refused something in it a further process ({@code pids.max}). */
    boolean hitProcessLimit() {
        try {
            return Files.readAllLines(folder.resolve("pids.events")).stream()
                    .anyMatch(line -> line.startsWith("max ") && !line.equals("max 0"));
        } catch (IOException e) {
            // Without that controller nothing is bound here.
            return false;
        }
    }

    /** Kills all of it at once where the kernel can (5.14), so that no fork gets away. */
    void kill() throws IOException {
        if (!Files.exists(folder.resolve("cgroup.kill"))) {
            return;
        }
        try {
            write("cgroup.kill", "1");
        } catch (IOException e) {
            // One that goes while it is written to gives another error than one that is gone.
            if (Files.exists(folder)) {
                throw e;
            }
        }
    }

    /** Whether it is gone now. */
    boolean remove() {
        try {
            Files.deleteIfExists(folder);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        } catch (IOException e) {
            // Busy: somebody is in it still.
            return false;
        }
    }

    private void write(String file, String value) throws IOException {
        Files.write(folder.resolve(file), value.getBytes(StandardCharsets.US_ASCII));
    }
}
