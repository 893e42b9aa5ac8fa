package io.kepm.https;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the program that a command names, the way sudo does with its {@code secure_path}: never by
 * the path or folder of a caller.
 */
record CommandPath(List<Path> folders) {

    static final CommandPath SYSTEM =
            new CommandPath(
                    List.of(
                            Path.of("/usr/local/sbin"),
                            Path.of("/usr/local/bin"),
                            Path.of("/usr/sbin"),
                            Path.of("/usr/bin"),
                            Path.of("/sbin"),
                            Path.of("/bin")));

    CommandPath {
        folders = List.copyOf(folders);
    }

    /** An absolute path as it stands; a bare name in the folders; anything else is not found. */
    Optional<String> find(String command) {
        if (command.startsWith("/")) {
            return Optional.of(command);
        }
        if (command.isEmpty() || command.indexOf('/') >= 0) {
            return Optional.empty();
        }
        try {
            for (Path folder : folders) {
                Path candidate = folder.resolve(command);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return Optional.of(candidate.toString());
                }
            }
        } catch (InvalidPathException e) {
            // A NUL can't be in the name of a program.
            return Optional.empty();
        }
        return Optional.empty();
    }
}
