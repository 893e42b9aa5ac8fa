package io.kepm.plugins;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where plugins lie.
 *
 * @param plugins the documents, and below {@code bin} what they name
 * @param exec unpacked packages, for processes of other users
 */
record Folders(Path plugins, Path exec) {

    static final String PACKAGE = "package.kpk";

    Path document(String id) {
        return plugins.resolve(id + ".json");
    }

    Path bin(String id) {
        return plugins.resolve("bin").resolve(id);
    }

    /** The version before the one that is being tried. */
    Path former(String id) {
        return plugins.resolve("bin").resolve(".former-" + id);
    }

    Path staged(String id) {
        return plugins.resolve("bin").resolve(".staged-" + id);
    }

    /**
     * What lies directly in the folder and has a name that ends so, in order; folders apart. It may
     * be a pipe or a link: {@link #requireFile}.
     */
    List<Path> files(String end) throws IOException {
        if (!Files.isDirectory(plugins)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(plugins)) {
            return children.filter(path -> String.valueOf(path.getFileName()).endsWith(end))
                    .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    /** The versions that were being tried when the agent went. */
    List<String> interrupted() throws IOException {
        Path bin = plugins.resolve("bin");
        if (!Files.isDirectory(bin)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(bin)) {
            return children.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.startsWith(".former-"))
                    .map(name -> name.substring(".former-".length()))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Before it is opened: what waits for a writer would be waited for.
     *
     * @throws IOException when it is a pipe, a device, a folder, a link or nothing at all
     */
    static void requireFile(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("`" + file + "` is not a regular file");
        }
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Empties the place of unpacked packages: what a former run left there is of no use. Everybody
     * may pass through it, as the users of the processes must, and nobody but root lists it.
     */
    void clearExec() throws IOException {
        delete(exec);
        Files.createDirectories(exec);
        for (Path folder : List.of(exec.resolveSibling(""), exec)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    /** Deletes whatever is there, links not followed. */
    static void delete(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
