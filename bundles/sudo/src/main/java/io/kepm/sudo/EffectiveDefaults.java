package io.kepm.sudo;

import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a sudo makes of our Defaults: those of the site that it reads later win, so it is asked for
 * the canary's user, who has the same ones as governed users.
 */
final class EffectiveDefaults {

    private static final Duration TIME = Duration.ofSeconds(5);
    private static final String HEAD = "Matching Defaults entries for " + Nonces.USER;

    private static final String BOUND_HEAD = "Runas and Command-specific defaults for ";

    private final Commands commands;

    EffectiveDefaults(Commands commands) {
        this.commands = commands;
    }

    /** The entry that takes one of ours back; empty when all hold. */
    Optional<String> weakened(Path sudo) throws IOException {
        List<String> argv = List.of(sudo.toString(), "-n", "-l", "-U", Nonces.USER);
        String output = commands.run(argv, TIME).output();
        Optional<String> bound = boundToRunasOrCommand(output);
        if (bound.isPresent()) {
            return bound;
        }
        List<String> entries = entries(output);
        for (String ours : DropIn.DEFAULTS) {
            String last =
                    entries.stream()
                            .filter(entry -> name(entry).equals(name(ours)))
                            .reduce("nothing", (before, after) -> after);
            if (!last.equals(plain(ours))) {
                return Optional.of(last);
            }
        }
        return entries.stream().filter(EffectiveDefaults::leavesTheGate).findFirst();
    }

    /** A PAM service in which nobody looks for our gate. */
    private static boolean leavesTheGate(String entry) {
        return entry.matches("pam(_login|_askpass)?_service=.*")
                && !PamGate.SERVICES.contains(entry.substring(entry.indexOf('=') + 1));
    }

    /** In the order in which they are applied; one line, since the output is no terminal. */
    private static List<String> entries(String output) {
        List<String> entries = new ArrayList<>();
        boolean inside = false;
        for (String line : output.split("\n", -1)) {
            if (inside && line.isBlank()) {
                return entries;
            }
            if (inside) {
                for (String entry : line.split(", ", -1)) {
                    entries.add(plain(entry));
                }
            }
            inside |= line.startsWith(HEAD);
        }
        return entries;
    }

    /** Defaults for a run-as user or a command are applied after all others: none may name ours. */
    private static Optional<String> boundToRunasOrCommand(String output) {
        return output.lines()
                .dropWhile(line -> !line.startsWith(BOUND_HEAD))
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .map(String::strip)
                .filter(
                        line ->
                                Stream.of(line.substring(line.indexOf(' ') + 1).split(", ", -1))
                                        .anyMatch(EffectiveDefaults::isOurs))
                .findFirst();
    }

    private static boolean isOurs(String entry) {
        return DropIn.DEFAULTS.stream().anyMatch(ours -> name(ours).equals(name(plain(entry))));
    }

    private static String plain(String entry) {
        return entry.replace("\\", "").replace("\"", "").strip();
    }

    private static String name(String entry) {
        return entry.replaceFirst("^!+", "").replaceFirst("[ +=-].*", "");
    }
}
