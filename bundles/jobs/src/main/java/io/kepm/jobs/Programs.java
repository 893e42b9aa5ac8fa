package io.kepm.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Finds the program of a task. */
final class Programs {

    private static final Set<String> SHELLS =
            Set.of(
                    "sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "lksh",
                    "csh", "tcsh", "fish", "busybox", "toybox", "pwsh", "rc", "yash", "posh");

    private final Path approot;
    private final List<Path> path;

    Programs(Path approot, List<Path> path) {
        this.approot = approot;
        this.path = List.copyOf(path);
    }

    /** By the name alone: {@code bash}, {@code bash5.2}, {@code bash.exe} are none to be named. */
    static boolean isShell(String name) {
        return SHELLS.contains(Runners.bare(name)) || SHELLS.contains(name);
    }

    /**
     * Whether a program is told to start a shell.
     *
     * @param program by a name alone, or where it is
     */
    static boolean startsShell(String program, List<String> arguments) {
        return CodeFiles.of(CodeFiles.names(program), arguments).isShell();
    }

    /**
     * The program: {@code executablePath}, else {@code Jobs/bin/COMMAND/COMMAND}, else in the fixed
     * path.
     *
     * @throws IOException when there is none, or it is a shell by another name
     */
    Path find(Task.Program process) throws IOException {
        Path found = candidate(process);
        String real = String.valueOf(found.toRealPath().getFileName());
        if (isShell(real)) {
            throw new IOException(
                    "`"
                            + found
                            + "` is the shell `"
                            + real
                            + "`: a job runs a script that root owns, not a shell");
        }
        return found;
    }

    private Path candidate(Task.Program process) throws IOException {
        if (!process.path().isEmpty()) {
            Path named =
                    process.path().startsWith("{approot}/")
                            ? approot.resolve(process.path().substring("{approot}/".length()))
                            : Path.of(process.path());
            if (!Files.isRegularFile(named)) {
                throw new IOException("there is no program `" + named + "`");
            }
            return named;
        }
        String command = process.command();
        Path own = approot.resolve("Jobs/bin").resolve(command).resolve(command);
        if (Files.isRegularFile(own)) {
            return own;
        }
        for (Path folder : path) {
            if (Files.isRegularFile(folder.resolve(command))) {
                return folder.resolve(command);
            }
        }
        throw new IOException(
                "there is no program `"
                        + command
                        + "`, neither in Jobs/bin nor in "
                        + Environment.PATH);
    }

    /** Whether it lies where users can't read it. */
    boolean isOurs(Path program) {
        return program.startsWith(approot);
    }
}
