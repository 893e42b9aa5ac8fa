package io.kepm.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * SHA-256 of open files, remembered by everything that changes when the content does. Safe for use
 * by many threads; two that ask for the same file at once may both read it.
 */
final class Digests {

    static final long LONGEST = 1L << 30;
    private static final int REMEMBERED = 1024;
    private static final int CHUNK = 1 << 16;

    /** A change within one tick of the file system's clock leaves the times as they were. */
    private static final long TICK_NANOS = 2_000_000_000L;

    private final InstantSource clock;
    private final Map<FileStatus, String> remembered =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<FileStatus, String> eldest) {
                    return size() > REMEMBERED;
                }
            };

    Digests(InstantSource clock) {
        this.clock = clock;
    }

    /** Lower-case hex. */
    String of(OpenFile file) throws IOException {
        Optional<String> known = known(file.status());
        if (known.isPresent()) {
            return known.get();
        }
        if (file.status().size() > LONGEST) {
            throw new IOException("the file is longer than " + (LONGEST >> 20) + " MiB");
        }
        long now = clock.millis() * 1_000_000L;
        String digest = read(file);
        if (!file.isUnchanged()) {
            throw new IOException("the file was changed while it was read");
        }
        if (file.status().changed() < now - TICK_NANOS) {
            synchronized (remembered) {
                remembered.put(file.status(), digest);
            }
        }
        return digest;
    }

    private Optional<String> known(FileStatus status) {
        synchronized (remembered) {
            return Optional.ofNullable(remembered.get(status));
        }
    }

    private static String read(OpenFile file) throws IOException {
        MessageDigest sha = sha256();
        byte[] bytes = new byte[CHUNK];
        try (Memory buffer = new Memory(CHUNK)) {
            long offset = 0;
            for (int count; (count = file.read(buffer, CHUNK, offset)) > 0; offset += count) {
                buffer.read(0, bytes, 0, count);
                sha.update(bytes, 0, count);
                if (offset > LONGEST) {
                    throw new IOException("the file grew while it was read");
                }
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
