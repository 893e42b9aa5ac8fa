package io.kepm.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which signed files were once let in, and on whose word: for them time plays no part any more. The
 * signature itself is checked again all the same. A line is SHA-256 of the file and thumbprint of
 * the signer. Safe for use by many threads.
 *
 * <p>Bound: 10,000 lines; a file beyond that is judged by the clock at every start.
 */
final class Admissions {

    private static final int MOST = 10_000;

    private final Path file;
    private final Map<String, String> signers = new HashMap<>();

    Admissions(Path file) {
        this.file = file;
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                    if (line.matches("[0-9a-f]{64} [0-9a-f]{64}") && signers.size() < MOST) {
                        signers.put(line.substring(0, 64), line.substring(65));
                    }
                }
            }
        } catch (IOException e) {
            System.err.println("guard: `" + file + "` cannot be read: " + e);
        }
    }

    synchronized Optional<String> signer(String sha256) {
        return Optional.ofNullable(signers.get(sha256));
    }

    /** Keeps one; when that fails the file is judged by the clock again at the next start. */
    synchronized void add(String sha256, String signer) {
        if (signer.equals(signers.get(sha256)) || signers.size() >= MOST) {
            return;
        }
        signers.put(sha256, signer);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            channel.write(
                    ByteBuffer.wrap(
                            (sha256 + " " + signer + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(false);
        } catch (IOException | UnsupportedOperationException e) {
            System.err.println("guard: `" + file + "` cannot be written: " + e);
        }
    }
}
