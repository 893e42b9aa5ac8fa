package io.kepm.audit.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The value of a header {@code Authorization}, from a systemd credential; never shown. */
final class Credential {

    private static final int LONGEST = 8192;

    private final String value;

    private Credential(String value) {
        this.value = value;
    }

    /**
     * Reads a credential.
     *
     * @param folder {@code $CREDENTIALS_DIRECTORY}
     * @throws IOException when it is not there, or is no value of a header
     */
    static Credential read(Optional<Path> folder, String name) throws IOException {
        Path file = folder.map(path -> path.resolve(name)).orElse(Path.of("/nonexistent"));
        if (folder.isEmpty() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(
                    "the systemd credential `%s` is missing: add `LoadCredential=%s:PATH` to the unit"
                            .formatted(name, name));
        }
        if (Files.size(file) > LONGEST) {
            throw new IOException("the credential `" + name + "` is longer than 8 KiB");
        }
        String text =
                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).stripTrailing();
        if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IOException(
                    "the credential `" + name + "` is no value of a header: one line of ASCII is");
        }
        return new Credential(text);
    }

    String header() {
        return value;
    }

    @Override
    public String toString() {
        return "Credential(…)";
    }
}
