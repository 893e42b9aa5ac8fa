package io.kepm.jobs;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a program is told to run by its arguments. INVARIANT: the agent's own tasks have an
 * interpreter run no script, and nothing else start a program, that somebody else than root could
 * have changed; and nothing starts a shell by another name.
 */
final class Scripts {

    private final FileTrust trust;

    Scripts(FileTrust trust) {
        this.trust = trust;
    }

    /**
     * Returns when a command line may be run as root.
     *
     * @throws IOException why it may not
     */
    void check(Path program, List<String> arguments) throws IOException {
        String shown = String.valueOf(program.getFileName());
        Set<String> names = CodeFiles.names(program.toString());
        for (Path file : CodeFiles.of(names, arguments).files()) {
            String name = CodeFiles.realName(file);
            if (Files.isRegularFile(file) && Files.isExecutable(file) && Programs.isShell(name)) {
                throw new IOException(
                        "`" + file + "` is the shell `" + name + "`: a shell is not run by a job");
            }
            List<FileTrust.Violation> violations = trust.check(file);
            if (!violations.isEmpty()) {
                throw new IOException(
                        "`"
                                + shown
                                + "` would run as root what others could have changed: "
                                + violations.get(0).detail()
                                + ": repair it with "
                                + violations.get(0).repair());
            }
        }
    }
}
