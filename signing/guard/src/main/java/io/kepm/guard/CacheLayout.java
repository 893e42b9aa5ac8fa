package io.kepm.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The shape in which the framework leaves its cache. The framework itself is lenient: every folder
 * or link whose name begins with {@code bundle} is a bundle to it. So whatever is not known here is
 * a stranger.
 */
final class CacheLayout {

    /** Says that everything is installed; written by the guard. */
    static final String COMPLETE = "complete";

    /** The framework's own data; nothing in it is ever loaded. */
    private static final String SYSTEM_BUNDLE = "bundle0";

    private static final Set<String> FILES = Set.of("cache.lock", COMPLETE);
    private static final Pattern BUNDLE = Pattern.compile("bundle[1-9][0-9]*");
    private static final Pattern REVISION = Pattern.compile("version[0-9]+\\.[0-9]+");
    private static final String EXTRACTED = "bundle.jar-";

    private final Path cache;

    CacheLayout(Path cache) {
        this.cache = cache;
    }

    /** What is not of the known shape, with every link. */
    List<Path> strangers() throws IOException {
        List<Path> strangers = new ArrayList<>();
        for (Path child : FolderTree.children(cache)) {
            String name = name(child);
            boolean known =
                    isFolder(child)
                            ? name.equals(SYSTEM_BUNDLE) || BUNDLE.matcher(name).matches()
                            : FILES.contains(name) && isFile(child);
            if (!known) {
                strangers.add(child);
            } else if (isFolder(child)) {
                inFolder(child, strangers);
            }
        }
        return strangers.stream().distinct().toList();
    }

    private static void inFolder(Path bundle, List<Path> strangers) throws IOException {
        try (Stream<Path> tree = Files.walk(bundle)) {
            tree.filter(path -> !isFolder(path) && !isFile(path)).forEach(strangers::add);
        }
        if (name(bundle).equals(SYSTEM_BUNDLE)) {
            return;
        }
        boolean empty = true;
        for (Path child : FolderTree.children(bundle)) {
            boolean revision = isRevision(child);
            empty &= !revision;
            if (revision) {
                inRevision(child, strangers);
            } else if (!(name(child).equals("bundle.info") && isFile(child))
                    && !(name(child).equals("data") && isFolder(child))) {
                strangers.add(child);
            }
        }
        if (empty) {
            strangers.add(bundle);
        }
    }

    private static void inRevision(Path revision, List<Path> strangers) throws IOException {
        for (Path child : FolderTree.children(revision)) {
            boolean file = Set.of("bundle.jar", "revision.location").contains(name(child));
            if (!file && !isExtracted(child)) {
                strangers.add(child);
            }
        }
    }

    /** The folders {@code bundleN/versionN.N}; bundle 0 is the framework itself and has none. */
    List<Path> revisions() throws IOException {
        List<Path> revisions = new ArrayList<>();
        for (Path bundle : FolderTree.children(cache)) {
            if (BUNDLE.matcher(name(bundle)).matches()) {
                FolderTree.children(bundle).stream()
                        .filter(CacheLayout::isRevision)
                        .forEach(revisions::add);
            }
        }
        return revisions;
    }

    /** The framework would use jars and libraries that it once unpacked without another look. */
    void deleteExtracted() throws IOException {
        for (Path revision : revisions()) {
            for (Path child : FolderTree.children(revision)) {
                if (isExtracted(child)) {
                    FolderTree.delete(child);
                }
            }
        }
    }

    /** The number of the bundle that a revision is of. */
    static long bundle(Path revision) {
        return Long.parseLong(name(revision.resolveSibling("")).substring("bundle".length()));
    }

    private static boolean isRevision(Path path) {
        return isFolder(path) && REVISION.matcher(name(path)).matches();
    }

    private static boolean isExtracted(Path path) {
        return isFolder(path) && name(path).startsWith(EXTRACTED);
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
