package io.kepm.jobs;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a program is told to run by its arguments. INVARIANT: the agent's own tasks have an
 * interpreter run no script, and nothing else start a program, that somebody else than root could
 * have changed.
 */
final class Scripts {

    /** Where a program of a job starts, so that a name without a slash in front is below it. */
    private static final Path HERE = Path.of("/");

    private final FileTrust trust;

    Scripts(FileTrust trust) {
        this.trust = trust;
    }

    /**
     * Returns when a command line may be run as root.
     *
     * @throws IOException why it may not
     */
    void check(List<String> argv) throws IOException {
        Optional<Path> script = script(argv.get(0), argv.subList(1, argv.size()));
        if (script.isEmpty()) {
            return;
        }
        List<FileTrust.Violation> violations = trust.check(script.get());
        if (!violations.isEmpty()) {
            throw new IOException(
                    "`"
                            + argv.get(0)
                            + "` would run as root what others could have changed: "
                            + violations.get(0).detail()
                            + ": repair it with "
                            + violations.get(0).repair());
        }
    }

    /** The first of its arguments that is a file; of a starter the first that can be run. */
    private static Optional<Path> script(String name, List<String> arguments) {
        boolean interprets = Programs.isInterpreter(name);
        boolean starts = Programs.isStarter(name);
        boolean startsInterpreter =
                starts && arguments.stream().anyMatch(Scripts::isInterpreterByPath);
        if (!interprets && !starts) {
            return Optional.empty();
        }
        return arguments.stream()
                .filter(each -> !each.startsWith("-"))
                .flatMap(each -> place(each).stream())
                .filter(Files::exists)
                .filter(each -> !isInterpreterByPath(each.toString()))
                .filter(each -> interprets || startsInterpreter || Files.isExecutable(each))
                .findFirst();
    }

    private static boolean isInterpreterByPath(String argument) {
        return Programs.isInterpreter(argument.substring(argument.lastIndexOf('/') + 1));
    }

    private static Optional<Path> place(String argument) {
        try {
            return argument.isEmpty() ? Optional.empty() : Optional.of(HERE.resolve(argument));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
