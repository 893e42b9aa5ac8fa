package io.kepm.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Arguments that name files which nobody but root could swap: every component exists, is no link,
 * belongs to root, and is not writable by others. For use by one thread; what was found of a path
 * is kept for the length of one request.
 */
final class ArgumentPaths {

    /** A command line may hold more; arguments beyond it resolve to nothing. */
    static final int MOST_ARGUMENTS = 4096;

    private static final int MOST_COMPONENTS = 256;

    private final String cwd;
    private final Map<String, Optional<FileStatus>> firm = new HashMap<>();

    ArgumentPaths(String cwd) {
        this.cwd = cwd;
    }

    List<Optional<String>> resolve(List<String> arguments) {
        List<Optional<String>> resolved = new ArrayList<>(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            resolved.add(i < MOST_ARGUMENTS ? resolve(arguments.get(i)) : Optional.empty());
        }
        return resolved;
    }

    private Optional<String> resolve(String argument) {
        if (argument.isEmpty() || argument.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        if (argument.startsWith("/")) {
            return walk(argument);
        }
        return cwd.startsWith("/") ? walk(cwd + "/" + argument) : Optional.empty();
    }

    private Optional<String> walk(String path) {
        String[] names = path.split("/", -1);
        if (names.length > MOST_COMPONENTS) {
            return Optional.empty();
        }
        String reached = "/";
        Optional<FileStatus> status = firm("/");
        for (String name : names) {
            if (status.isEmpty() || (!name.isEmpty() && !status.get().isDirectory())) {
                return Optional.empty();
            }
            if (name.equals("..")) {
                int slash = reached.lastIndexOf('/');
                reached = slash <= 0 ? "/" : reached.substring(0, slash);
                status = firm(reached);
            } else if (!name.isEmpty() && !name.equals(".")) {
                reached = reached.equals("/") ? "/" + name : reached + "/" + name;
                status = firm(reached);
            }
        }
        boolean asksForDirectory = path.endsWith("/");
        return status.filter(end -> !asksForDirectory || end.isDirectory()).isPresent()
                ? Optional.of(reached)
                : Optional.empty();
    }

    private Optional<FileStatus> firm(String path) {
        return firm.computeIfAbsent(path, ArgumentPaths::look);
    }

    private static Optional<FileStatus> look(String path) {
        try {
            return FileStatus.of(path)
                    .filter(status -> !status.isLink() && status.doubt(path).isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
