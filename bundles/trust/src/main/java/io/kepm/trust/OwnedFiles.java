package io.kepm.trust;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Trust in files by their owner and mode: every folder from the root down, each link on the way and
 * where it leads, the thing itself, and what lies directly in it. Immutable.
 *
 * <p>What does not exist violates nothing: the folders above it are judged, so nobody else could
 * put it there. What cannot be looked at is a violation.
 */
final class OwnedFiles implements FileTrust {

    private static final int MAX_LINKS = 40;

    /** What is written to it changes nothing: so units and their like are turned off. */
    private static final Path NOTHING = Path.of("/dev/null");

    private final Set<Long> owners;

    /**
     * @param owners user ids of which everything has to belong to one: 0, and who runs the agent
     */
    OwnedFiles(long... owners) {
        this.owners = Arrays.stream(owners).boxed().collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public List<Violation> check(Path path) {
        Judgement judgement = new Judgement();
        try {
            Optional<Path> real = judgement.follow(path.toAbsolutePath());
            if (real.isPresent()) {
                judgement.children(real.get());
            }
        } catch (IOException e) {
            judgement.unreadable(path, e);
        }
        return List.copyOf(judgement.violations.values());
    }

    /** What one check found so far. */
    private final class Judgement {

        private final Map<Path, Violation> violations = new LinkedHashMap<>();

        /**
         * Judges all that leads to a path, the way the kernel walks it; returns where that is, if
         * there is something.
         */
        Optional<Path> follow(Path path) throws IOException {
            Deque<Path> ahead = new ArrayDeque<>();
            path.forEach(ahead::add);
            Path current = path.getRoot();
            judge(current, FileStatus.of(current));
            int links = 0;
            while (!ahead.isEmpty()) {
                Path next = step(current, ahead.remove());
                Optional<FileStatus> status = FileStatus.of(next);
                judge(next, status);
                if (status.isEmpty()) {
                    return Optional.empty();
                }
                if (!status.get().isLink()) {
                    current = next;
                    continue;
                }
                if (++links > MAX_LINKS) {
                    throw new IOException("more than " + MAX_LINKS + " links");
                }
                Path target = Files.readSymbolicLink(next);
                if (target.isAbsolute()) {
                    current = target.getRoot();
                }
                List<Path> parts = new ArrayList<>();
                target.forEach(parts::add);
                Collections.reverse(parts);
                parts.forEach(ahead::addFirst);
            }
            return Optional.of(current);
        }

        private static Path step(Path folder, Path part) {
            return switch (part.toString()) {
                case ".", "" -> folder;
                case ".." -> Objects.requireNonNullElse(folder.getParent(), folder);
                default -> folder.resolve(part);
            };
        }

        void children(Path folder) throws IOException {
            if (FileStatus.of(folder).filter(FileStatus::isFolder).isEmpty()) {
                return;
            }
            try (Stream<Path> children = Files.list(folder)) {
                for (Path child : children.sorted().toList()) {
                    Optional<FileStatus> status = FileStatus.of(child);
                    judge(child, status);
                    if (status.filter(FileStatus::isLink).isPresent()) {
                        follow(child);
                    }
                }
            }
        }

        private void judge(Path path, Optional<FileStatus> found) {
            if (found.isEmpty()) {
                return;
            }
            FileStatus status = found.get();
            if (!owners.contains((long) status.uid())) {
                add(
                        path,
                        "belongs to user " + status.uid() + " (mode " + status.octal() + ")",
                        isMeantSo(status) ? look(path) : "chown -h root " + Shell.quoted(path));
            } else if (status.isWritableByOthers()
                    && !(path.equals(NOTHING) && status.isDevice())) {
                String problem = "mode " + status.octal() + " lets others change it";
                if (isMeantSo(status)) {
                    add(path, problem + ", and is meant to: leave it, use another", look(path));
                } else {
                    add(path, problem, "chmod go-w " + Shell.quoted(path));
                }
            }
        }

        /** Whether the machine needs it as it is, so that nobody may be told to change it. */
        private static boolean isMeantSo(FileStatus status) {
            return status.isDevice() || status.isSticky();
        }

        private static String look(Path path) {
            return "ls -ld " + Shell.quoted(path);
        }

        void unreadable(Path path, IOException e) {
            add(path, "cannot be judged: " + e.getMessage(), look(path));
        }

        private void add(Path path, String problem, String repair) {
            violations.putIfAbsent(
                    path,
                    new Violation(path, "`" + Shell.printable(path) + "` " + problem, repair));
        }
    }
}
