package io.kepm.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Judges whether somebody other than the owner of the agent could change a path. That is root; of
 * an agent that a user started to try things out, root and that user.
 */
final class RootOwned {

    private static final int MAX_LINKS = 40;
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;

    private static final Pattern UID =
            Pattern.compile("^Uid:\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE);

    /** Whose a path itself is and what it is; one look, so that both are about the same thing. */
    private record Owner(int uid, int mode) {
        static Owner of(Path path) throws IOException {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            return new Owner(
                    found.get("uid") instanceof Integer number ? number : -1,
                    found.get("mode") instanceof Integer number ? number : -1);
        }

        boolean isOfLink() {
            return (mode & TYPE) == LINK;
        }
    }

    private final Set<Integer> owners;
    private final Path from;

    /**
     * For tests.
     *
     * @param owner user id that everything has to belong to
     * @param from nothing outside of this folder is judged
     */
    RootOwned(int owner, Path from) {
        this(Set.of(owner), from);
    }

    private RootOwned(Set<Integer> owners, Path from) {
        this.owners = owners;
        this.from = from;
    }

    /** For this agent, from the root folder down. */
    static RootOwned ofThisAgent() throws IOException {
        int user = effectiveUser();
        return new RootOwned(user == 0 ? Set.of(0) : Set.of(0, user), Path.of("/"));
    }

    /** From the kernel, because the name of a user proves nothing. */
    static int effectiveUser() throws IOException {
        Matcher line = UID.matcher(Files.readString(Path.of("/proc/self/status")));
        if (!line.find()) {
            throw new IOException("/proc/self/status names no user");
        }
        return Integer.parseInt(line.group(1));
    }

    /**
     * What is wrong with a path or any folder above it, walked the way the kernel does; links are
     * judged, followed, judged.
     */
    Optional<String> fault(Path path) throws IOException {
        Deque<Path> ahead = new ArrayDeque<>();
        path.toAbsolutePath().forEach(ahead::add);
        Path current = path.toAbsolutePath().getRoot();
        Optional<String> fault = own(current, Owner.of(current));
        int links = 0;
        while (!ahead.isEmpty() && fault.isEmpty()) {
            Path next = step(current, ahead.remove());
            Owner owner = Owner.of(next);
            fault = own(next, owner);
            if (!owner.isOfLink()) {
                current = next;
                continue;
            }
            if (++links > MAX_LINKS) {
                return Optional.of("`" + path + "` is a chain of too many links");
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
        return fault;
    }

    /** What is wrong below a folder too, where links are not allowed at all. */
    Optional<String> faultBelow(Path root) throws IOException {
        Optional<String> above = fault(root);
        if (above.isPresent()) {
            return above;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                Owner owner = Owner.of(path);
                if (owner.isOfLink()) {
                    return Optional.of("`" + path + "` is a link: reinstall the agent");
                }
                Optional<String> fault = own(path, owner);
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    private static Path step(Path folder, Path part) {
        return switch (part.toString()) {
            case ".", "" -> folder;
            case ".." -> Objects.requireNonNullElse(folder.getParent(), folder);
            default -> folder.resolve(part);
        };
    }

    private Optional<String> own(Path path, Owner owner) {
        if (!path.startsWith(from)) {
            return Optional.empty();
        }
        if (!owners.contains(owner.uid())) {
            return Optional.of(
                    "`"
                            + path
                            + "` belongs to user "
                            + owner.uid()
                            + ", not to root: chown root '"
                            + path
                            + "'");
        }
        if (!owner.isOfLink() && (owner.mode() & WRITABLE_BY_OTHERS) != 0) {
            return Optional.of(
                    String.format(
                            "`%s` has mode %04o, so others may change it: chmod go-w '%s'",
                            path, owner.mode() & 07777, path));
        }
        return Optional.empty();
    }
}
