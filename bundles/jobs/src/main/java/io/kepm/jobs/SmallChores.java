package io.kepm.jobs;

import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.jobs.Chore;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chores of a few lines. */
final class SmallChores {

    private static final Logger LOG = LoggerFactory.getLogger(SmallChores.class);
    private static final String CLEANUP = "ExecutionGrantStartupCleanup";
    private static final Duration LATE = Duration.ofMinutes(2);

    private SmallChores() {}

    /** A name with work. */
    private record Named(String name, Work work) implements Chore {
        @Override
        public String run(Map<String, String> arguments) throws IOException, StorageException {
            return work.run();
        }
    }

    @FunctionalInterface
    private interface Work {
        String run() throws IOException, StorageException;
    }

    /**
     * @param kills whether the processes of a right are ended with it; else they may finish
     */
    static List<Chore> of(String version, LaunchDecision launches, boolean kills, Times times) {
        return List.of(
                new Named("log-version-info", () -> versions(version)),
                new Named("check-grants", () -> grants(launches, kills, times.now())),
                new Named(
                        "check-file-access",
                        () ->
                                "nothing was looked at: this version gives nobody access to single files, so"
                                        + " that none can be left"));
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

    /**
     * The launch decision itself ends what should have ended, at start and each second; what it
     * left all the same is ended here, unless it may finish.
     */
    private static String grants(LaunchDecision launches, boolean kills, Instant now)
            throws IOException, StorageException {
        List<Grant> open = launches.grants();
        List<Grant> late =
                open.stream().filter(grant -> grant.to().isBefore(now.minus(LATE))).toList();
        String account =
                open.size() + " grants are open, " + late.size() + " of them over their time";
        if (late.isEmpty() || !kills) {
            return account + (late.isEmpty() ? "" : ", which may finish (`atExpiry`)");
        }
        List<String> left = new ArrayList<>();
        for (Grant grant : late) {
            if (launches.endGrant(grant.id(), "job " + CLEANUP, OptionalLong.empty()).isEmpty()) {
                left.add(grant.id());
            }
        }
        if (!left.isEmpty()) {
            throw new IOException(
                    account + ", and these can't be ended: " + String.join(", ", left));
        }
        return account + ": these were ended";
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.isRegularFile(file)
                ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
                : List.of();
    }
}
