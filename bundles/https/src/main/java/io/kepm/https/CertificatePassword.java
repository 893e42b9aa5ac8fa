package io.kepm.https;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The password of a key, from a systemd credential: there is no other place for one. */
final class CertificatePassword {

    private static final int LONGEST = 4096;

    private CertificatePassword() {}

    /**
     * The password, to be cleared by the caller; empty when the name is.
     *
     * @param folder {@code $CREDENTIALS_DIRECTORY}
     */
    static char[] read(Optional<Path> folder, String name) throws UnusableCertificate {
        if (name.isEmpty()) {
            return new char[0];
        }
        if (!name.matches("[A-Za-z0-9._-]{1,128}") || name.startsWith(".")) {
            throw new UnusableCertificate(
                    "`Settings/Certificate/Credential` is no name of a credential");
        }
        Path file = folder.map(path -> path.resolve(name)).orElse(Path.of("/nonexistent"));
        if (folder.isEmpty() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UnusableCertificate(
                    "the systemd credential `%s` is missing: add `LoadCredential=%s:PATH` to the unit"
                            .formatted(name, name));
        }
        try {
            if (Files.size(file) > LONGEST) {
                throw new UnusableCertificate("the credential `" + name + "` is longer than 4 KiB");
            }
            byte[] bytes = Files.readAllBytes(file);
            try {
                return chars(bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        } catch (IOException e) {
            throw new UnusableCertificate("the credential `" + name + "` can't be read", e);
        }
    }

    /** Without the line end that editors leave. */
    private static char[] chars(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
            length--;
        }
        CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, 0, length));
        char[] password = new char[decoded.remaining()];
        decoded.get(password);
        if (decoded.hasArray()) {
            Arrays.fill(decoded.array(), '\0');
        }
        return password;
    }
}
