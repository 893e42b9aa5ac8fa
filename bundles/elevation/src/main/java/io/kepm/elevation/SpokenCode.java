package io.kepm.elevation;

import io.kepm.api.elevation.Crockford;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Codes that people read out and type: 16 characters of Crockford's base 32 (80 bits) in groups of
 * four. Only their SHA-256 is kept; with 80 bits it needs no salt.
 */
final class SpokenCode {

    private static final int LENGTH = 16;
    private static final int BYTES = 10;

    private SpokenCode() {}

    static String fresh(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Crockford.grouped(Crockford.of(bytes, LENGTH));
    }

    /** Whether what somebody typed can be such a code at all, and no six digits. */
    static boolean isOne(String typed) {
        return Crockford.plain(typed).length() == LENGTH;
    }

    /** What is kept of it; the same for every way to write it. */
    static String digest(String typed) {
        try {
            byte[] text = Crockford.plain(typed).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
