package io.kepm.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that nobody but root could have put there (trust.md §3): every folder on the way, each
 * link and where it leads, and the file itself.
 */
final class RootedFile {

    private static final int MOST_LINKS = 40;

    private RootedFile() {}

    /**
     * Where a file really is.
     *
     * @param above the folder down to which nothing is judged
     * @throws IOException when it is no regular file, or somebody else could have changed it
     */
    static Path of(Path path, Path above) throws IOException {
        Path current = Objects.requireNonNull(path.getRoot(), "not absolute");
        Deque<Path> ahead = new ArrayDeque<>();
        path.forEach(ahead::add);
        int links = 0;
        while (!ahead.isEmpty()) {
            Path next = step(current, ahead.remove());
            if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("`" + next + "` does not exist");
            }
            boolean link = Files.isSymbolicLink(next);
            if (!above.startsWith(next)) {
                refuse(link ? Ownership.foreign(next) : Ownership.writableByOthers(next));
            }
            if (!link) {
                current = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new IOException("`" + path + "`: more than " + MOST_LINKS + " links");
            }
            Path target = Files.readSymbolicLink(next);
            current = target.isAbsolute() ? path.getRoot() : current;
            List<Path> parts = new ArrayList<>();
            target.forEach(parts::add);
            Collections.reverse(parts);
            parts.forEach(ahead::addFirst);
        }
        if (!Files.isRegularFile(current, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("`" + current + "` is not a regular file");
        }
        return current;
    }

    /** As {@link #of}, for what nobody else may even read. */
    static Path secret(Path path, Path above) throws IOException {
        Path file = of(path, above);
        refuse(Ownership.openToOthers(file));
        return file;
    }

    private static Path step(Path folder, Path part) {
        return switch (part.toString()) {
            case ".", "" -> folder;
            case ".." -> Objects.requireNonNullElse(folder.getParent(), folder);
            default -> folder.resolve(part);
        };
    }

    private static void refuse(Optional<String> fault) throws IOException {
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
    }
}
