package io.kepm.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What clients verify the doors with: the file that they publish. One from before this run is of a
 * key that is gone.
 */
final class AgentCertificate implements Supplier<Optional<String>> {

    private static final long LONGEST = 65_536;

    private final Path file;
    private final Instant start;

    AgentCertificate(Path file, Instant start) {
        this.file = file;
        this.start = start;
    }

    @Override
    public Optional<String> get() {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || Files.getLastModifiedTime(file).toInstant().isBefore(start)
                    || Files.size(file) > LONGEST) {
                return Optional.empty();
            }
            return Optional.of(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
