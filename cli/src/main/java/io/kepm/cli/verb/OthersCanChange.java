package io.kepm.cli.verb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why somebody else than root could make a path lead to another program, as a decision would find
 * it: everything on the way is looked at, links too, and the interpreters of a script.
 */
final class OthersCanChange {

    private static final int MOST_LINKS = 40;

    /** As many interpreters, one behind the other, as the kernel follows. */
    private static final int DEEPEST = 4;

    private static final int LINE = 256;
    private static final int WRITABLE = 0b010_010;

    private final Set<String> reasons = new LinkedHashSet<>();
    private final Deque<Path> ahead = new ArrayDeque<>();
    private Path reached = Path.of("/");
    private int links;

    private OthersCanChange() {}

    /**
     * For people; empty when nobody else could.
     *
     * @param program absolute
     * @throws IOException when something on the way can't be looked at
     */
    static List<String> why(Path program) throws IOException {
        List<String> found = new ArrayList<>(way(program));
        Optional<Path> next = Optional.of(program);
        for (int depth = 0; found.isEmpty() && next.isPresent(); depth++) {
            next = interpreter(next.get(), found);
            if (depth == DEEPEST && next.isPresent()) {
                found.add("too many interpreters, one behind the other");
            }
        }
        return List.copyOf(found);
    }

    private static Set<String> way(Path path) throws IOException {
        OthersCanChange way = new OthersCanChange();
        way.look(way.reached);
        way.push(path);
        while (!way.ahead.isEmpty()) {
            way.step(way.ahead.pop());
        }
        return way.reasons;
    }

    private void push(Path path) {
        if (path.isAbsolute()) {
            reached = Path.of("/");
        }
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            ahead.push(path.getName(i));
        }
    }

    private void step(Path name) throws IOException {
        // A link may lead up again: what it passes was looked at before.
        Path next = reached.resolve(name).normalize();
        look(next);
        if (!Files.isSymbolicLink(next)) {
            reached = next;
        } else if (++links > MOST_LINKS) {
            throw new IOException("too many links");
        } else {
            push(Files.readSymbolicLink(next));
        }
    }

    private void look(Path path) throws IOException {
        Object uid = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        boolean link = Files.isSymbolicLink(path);
        if (!Integer.valueOf(0).equals(uid)) {
            reasons.add("not owned by root: " + path + " (uid " + uid + ")");
        } else if (!link && (mode & WRITABLE) != 0) {
            reasons.add(String.format("writable by others: %s (mode %04o)", path, mode & 0xfff));
        }
    }

    /**
     * The program behind the first line of a script; why others could change that is added. Whoever
     * may not read the script is told nothing of it.
     */
    private static Optional<Path> interpreter(Path script, List<String> found) throws IOException {
        if (!Files.isReadable(script)) {
            return Optional.empty();
        }
        String line;
        try (InputStream in = Files.newInputStream(script)) {
            line = new String(in.readNBytes(LINE), StandardCharsets.ISO_8859_1);
        }
        if (!line.startsWith("#!")) {
            return Optional.empty();
        }
        String[] words = line.substring(2).lines().findFirst().orElse("").strip().split("\\s+", 2);
        Path named = Path.of(words[0]);
        if (!named.isAbsolute() || !Files.isRegularFile(named)) {
            found.add("interpreter: not a regular file: " + named);
            return Optional.empty();
        }
        way(named).forEach(reason -> found.add("interpreter: " + reason));
        return words[0].endsWith("/env") && words.length > 1
                ? searched(words[1], found)
                : Optional.of(named);
    }

    /** {@code #!/usr/bin/env NAME}: the first NAME where sudo looks. */
    private static Optional<Path> searched(String name, List<String> found) throws IOException {
        for (String folder : CommandOnDisk.FOLDERS) {
            Path path = Path.of(folder, name);
            if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.+-]*")) {
                break;
            }
            if (Files.isDirectory(path.resolveSibling("."))) {
                way(Path.of(folder)).forEach(reason -> found.add("interpreter: " + reason));
            }
            if (Files.isRegularFile(path)) {
                way(path).forEach(reason -> found.add("interpreter: " + reason));
                return Optional.empty();
            }
        }
        found.add("interpreter: can't be told from `env " + name + "`");
        return Optional.empty();
    }
}
