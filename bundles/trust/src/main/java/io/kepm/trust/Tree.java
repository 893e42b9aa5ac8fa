package io.kepm.trust;

import io.kepm.api.trust.FileTrust.Violation;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder and those below it, links not followed.
 *
 * @param unseen what could not be looked at, so that nobody takes it for good; what went meanwhile
 *     is not among it
 */
record Tree(List<Path> folders, List<Violation> unseen) {

    Tree {
        folders = List.copyOf(folders);
        unseen = List.copyOf(unseen);
    }

    static Tree of(Path top, int most) {
        Walk walk = new Walk(top, most);
        try {
            Path real = top.toRealPath();
            if (!real.equals(top)) {
                walk.folders.add(top);
            }
            Files.walkFileTree(real, walk);
        } catch (IOException e) {
            walk.folders.add(top);
            walk.failed(top, e);
        }
        return new Tree(walk.folders, walk.unseen);
    }

    private static final class Walk extends SimpleFileVisitor<Path> {

        private final Path top;
        private final int most;
        private final List<Path> folders = new ArrayList<>();
        private final List<Violation> unseen = new ArrayList<>();

        Walk(Path top, int most) {
            this.top = top;
            this.most = most;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folders.size() < most) {
                folders.add(folder);
                return FileVisitResult.CONTINUE;
            }
            unseen(top, "has more than " + most + " folders: those beyond are not looked at");
            return FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            failed(file, failure);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            if (failure != null) {
                failed(folder, failure);
            }
            return FileVisitResult.CONTINUE;
        }

        private void failed(Path path, IOException failure) {
            if (!(failure instanceof NoSuchFileException)) {
                unseen(path, "cannot be looked through: " + failure.getMessage());
            }
        }

        private void unseen(Path path, String problem) {
            unseen.add(
                    new Violation(
                            path,
                            "`" + Shell.printable(path) + "` " + problem,
                            "ls -ld " + Shell.quoted(path)));
        }
    }
}
