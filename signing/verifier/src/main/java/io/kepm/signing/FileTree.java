package io.kepm.signing;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files below a folder, by their path in a {@link DigestList}. */
public final class FileTree {

    private FileTree() {}

    /**
     * Every regular file, except some at the top.
     *
     * @throws IOException also for a link or any other thing that is neither file nor folder
     */
    public static SortedMap<String, Path> files(Path root, Set<String> except) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        String path = root.relativize(file).toString();
                        if (except.contains(path)) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (!attributes.isRegularFile()) {
                            throw new IOException("`" + file + "` is not a regular file");
                        }
                        files.put(path, file);
                        return FileVisitResult.CONTINUE;
                    }
                });
        return files;
    }

    /** The list of what lies there now. */
    public static DigestList list(Path root, Set<String> except) throws IOException {
        SortedMap<String, String> digests = new TreeMap<>();
        for (var file : files(root, except).entrySet()) {
            digests.put(file.getKey(), Sha256.of(file.getValue()));
        }
        return new DigestList(digests);
    }
}
