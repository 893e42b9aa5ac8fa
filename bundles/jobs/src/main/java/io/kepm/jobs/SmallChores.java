package io.kepm.jobs;

import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.jobs.Chore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chores of a few lines. */
final class SmallChores {

    private static final Logger LOG = LoggerFactory.getLogger(SmallChores.class);
    private static final String EPHEMERAL = "keeperusersession-";

    private SmallChores() {}

    /** A name with work. */
    private record Named(String name, Work work) implements Chore {
        @Override
        public String run(Map<String, String> arguments) throws IOException {
            return work.run();
        }
    }

    @FunctionalInterface
    private interface Work {
        String run() throws IOException;
    }

    static List<Chore> of(String version, LaunchDecision launches, Times times, Path passwd) {
        return List.of(
                new Named("log-version-info", () -> versions(version)),
                new Named("check-grants", () -> grants(launches.grants(), times.now())),
                new Named(
                        "check-file-access",
                        () -> "this version gives no access to files: nothing to clean up"),
                new Named("check-ephemeral-accounts", () -> ephemeral(passwd)));
    }

    private static String versions(String version) throws IOException {
        String system = "unknown system";
        for (String line : lines(Path.of("/etc/os-release"))) {
            if (line.startsWith("PRETTY_NAME=")) {
                system = line.substring("PRETTY_NAME=".length()).replace("\"", "");
            }
        }
        String text =
                "agent "
                        + version
                        + ", Java "
                        + Runtime.version()
                        + ", Linux "
                        + System.getProperty("os.version")
                        + ", "
                        + system;
        LOG.warn("versions: {}", text);
        return text;
    }

    /** The launch decision itself ends what should have ended, at start and each minute. */
    private static String grants(List<Grant> open, Instant now) throws IOException {
        long late =
                open.stream().filter(grant -> grant.to().isBefore(now.minusSeconds(120))).count();
        if (late > 0) {
            throw new IOException(
                    late + " grants are over their time and still open: see the agent's health");
        }
        return open.size() + " grants are open, none of them over its time";
    }

    private static String ephemeral(Path passwd) throws IOException {
        List<String> found =
                lines(passwd).stream()
                        .map(line -> line.split(":", 2)[0])
                        .filter(name -> name.startsWith(EPHEMERAL))
                        .toList();
        if (!found.isEmpty()) {
            throw new IOException(
                    "this version makes no ephemeral accounts, and these are here: "
                            + String.join(", ", found)
                            + "; remove them with userdel");
        }
        return "there is no ephemeral account";
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.isRegularFile(file)
                ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
                : List.of();
    }
}
