package io.kepm.jobs;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
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
        Set<Path> files = new LinkedHashSet<>();
        // What it does goes by how it is called, or by what it is.
        for (String name : List.of(shown, realName(program))) {
            files.addAll(CodeFiles.of(name, arguments));
        }
        for (Path file : files) {
            String name = realName(file);
            if (Files.isExecutable(file) && Programs.isShell(name)) {
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

    private static String realName(Path file) {
        try {
            return String.valueOf(file.toRealPath().getFileName());
        } catch (IOException e) {
            return String.valueOf(file.getFileName());
        }
    }
}
