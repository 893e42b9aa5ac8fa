package io.kepm.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of a cgroup with those below it: root inside a scope may have made some, and what is
 * in them is in the scope.
 */
record ScopeFolder(Path path) {

    private static final int DEEPEST = 32;

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** The processes in it and below. */
    Set<Integer> members() throws IOException {
        Set<Integer> members = new HashSet<>();
        for (Path folder : folders()) {
            members.addAll(in(folder));
        }
        return members;
    }

    /** None when it went while we looked. */
    private static List<Integer> in(Path folder) throws IOException {
        try {
            return Files.readAllLines(folder.resolve("cgroup.procs")).stream()
                    .map(Integer::valueOf)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            // One that goes while it is read gives another error than one that is gone.
            if (Files.exists(folder)) {
                throw e;
            }
            return List.of();
        }
    }

    void add(int pid) throws IOException {
        Files.write(
                path.resolve("cgroup.procs"),
                Integer.toString(pid).getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the kernel can kill all of one at once (5.14). */
    boolean canKill() {
        return Files.exists(path.resolve("cgroup.kill"));
    }

    /** Kills all of it at once, so that no fork gets away. */
    void kill() throws IOException {
        try {
            Files.write(path.resolve("cgroup.kill"), "1".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // One that goes while it is written to gives another error than one that is gone.
            if (exists()) {
                throw e;
            }
        }
    }

    /** Asks every process in it to end, in the way of a service manager. */
    void ask() throws IOException {
        for (int pid : members()) {
            try (Pidfd process = Pidfd.open(pid)) {
                // INVARIANT: what is signalled still was in it after its descriptor was had.
                if (members().contains(pid)) {
                    process.signal(Libc.SIGTERM);
                    process.signal(Libc.SIGCONT);
                    process.signal(Libc.SIGHUP);
                }
            } catch (IOException e) {
                if (members().contains(pid)) {
                    throw e;
                }
            }
        }
    }

    /** Whether it is gone now; one that holds a process stays. */
    boolean remove() throws IOException {
        List<Path> folders = new ArrayList<>(folders());
        folders.sort(Comparator.comparing(Path::getNameCount).reversed());
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                // Busy: somebody is in it still.
                return false;
            }
        }
        return true;
    }

    private List<Path> folders() throws IOException {
        if (!exists()) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(path, DEEPEST)) {
            return all.filter(Files::isDirectory).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (java.io.UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return exists() ? List.of(path) : List.of();
            }
            throw e.getCause();
        }
    }
}
