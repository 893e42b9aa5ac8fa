package io.kepm.cli.verb;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of an installed agent, and how rights that others have over them are taken away
 * (trust.md §3). A folder is put right before what is in it is looked at, so that nobody can
 * exchange anything under our hands; links are not followed.
 *
 * <p>A file that belongs to somebody else is left alone: given to root, what is in it would be
 * believed.
 */
final class OwnFiles {

    private static final int SET_ID = 06000;
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int OTHERS = 0007;
    private static final int ALL_BUT_OWNER = 0077;
    private static final String KEY = ".master.key";

    private final Path root;
    private final List<Change> changes = new ArrayList<>();
    private final List<Change> left = new ArrayList<>();

    /**
     * @param root where the system's files are, {@code /}
     */
    OwnFiles(Path root) {
        this.root = root;
    }

    /**
     * What happened to a path, or why nothing did.
     *
     * @param what as a shell command, or a sentence
     */
    record Change(Path path, String what) {}

    /** Puts everything right that can be. */
    void fix() throws IOException {
        for (String closed : List.of("opt/keeper")) {
            tree(root.resolve(closed), true);
        }
        for (String open : List.of("usr/lib/kepm", "usr/libexec/kepm", "etc/kepm")) {
            tree(root.resolve(open), false);
        }
        for (String one : List.of("usr/bin/kepm", "run/keeper", "var/lib/kepm")) {
            one(root.resolve(one), false);
        }
    }

    List<Change> changes() {
        return changes;
    }

    List<Change> left() {
        return left;
    }

    private void tree(Path path, boolean closed) throws IOException {
        if (!one(path, closed) || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                tree(child, closed);
            }
        }
    }

    /** Whether what is below may be looked at. */
    private boolean one(Path path, boolean closed) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Map<String, Object> facts =
                Files.readAttributes(path, "unix:uid,mode,nlink", LinkOption.NOFOLLOW_LINKS);
        if (Files.isSymbolicLink(path)) {
            return false;
        }
        boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (number(facts, "uid") != 0) {
            if (!folder) {
                left.add(
                        new Change(
                                path,
                                "it belongs to uid "
                                        + number(facts, "uid")
                                        + ": look at it, then `chown root` or remove it"));
                return false;
            }
            Files.setAttribute(path, "unix:uid", 0, LinkOption.NOFOLLOW_LINKS);
            changes.add(new Change(path, "chown root"));
        }
        if (!folder && number(facts, "nlink") > 1) {
            left.add(new Change(path, "it has another name elsewhere: replace it by a copy"));
            return false;
        }
        mode(path, number(facts, "mode") & 07777, folder, closed);
        return true;
    }

    private static int number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Integer number ? number : -1;
    }

    private void mode(Path path, int mode, boolean folder, boolean closed) throws IOException {
        int taken = WRITABLE_BY_OTHERS | (closed ? OTHERS : 0);
        if (!folder && String.valueOf(path.getFileName()).startsWith(KEY)) {
            taken |= ALL_BUT_OWNER;
        }
        if (!folder) {
            taken |= SET_ID;
        }
        if ((mode & taken) != 0) {
            Files.setAttribute(path, "unix:mode", mode & ~taken, LinkOption.NOFOLLOW_LINKS);
            changes.add(new Change(path, "chmod %o, was %o".formatted(mode & ~taken, mode)));
        }
    }
}
