package io.kepm.trust;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * The secret of one launch: 256 random bits, written as base64url. It is wiped when it was told;
 * what stays is its digest. Not for use by two threads.
 */
final class LaunchSecret implements AutoCloseable {

    private static final int BYTES = 32;

    private final byte[] text;

    LaunchSecret(SecureRandom random) {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        text = Base64.getUrlEncoder().withoutPadding().encode(bits);
        Arrays.fill(bits, (byte) 0);
    }

    /** The secret itself, not a copy. */
    byte[] text() {
        return text;
    }

    byte[] digest() {
        return digest(text);
    }

    /** What a claim is compared by: of one length whatever was claimed. */
    static byte[] digest(byte[] text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }

    @Override
    public void close() {
        Arrays.fill(text, (byte) 0);
    }
}
