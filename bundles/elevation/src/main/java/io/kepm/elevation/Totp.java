package io.kepm.elevation;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time codes: RFC 6238, steps of 30 s, six digits. A key is as long as the hash that
 * it is for (§5.1 there), and so says which: SHA-1, which every app knows, or SHA-256.
 */
final class Totp {

    static final int STEP_SECONDS = 30;
    static final int DIGITS = 6;

    /** Steps before and after now that are taken too: clocks differ. */
    private static final int WINDOW = 1;

    private static final int MODULUS = 1_000_000;

    /** Which hash, and so how long its keys are. */
    enum Hash {
        SHA1(20),
        SHA256(32);

        private final int bytes;

        Hash(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }

        static Hash of(byte[] key) {
            return key.length == SHA256.bytes ? SHA256 : SHA1;
        }
    }

    private Totp() {}

    static long step(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP_SECONDS);
    }

    /** The code of a step (RFC 4226 §5.3), with its leading zeros. */
    static String code(byte[] key, long step) {
        try {
            String name = "Hmac" + Hash.of(key);
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            byte[] counter = new byte[Long.BYTES];
            for (int i = 0; i < counter.length; i++) {
                counter[i] = (byte) (step >>> (8 * (counter.length - 1 - i)));
            }
            byte[] hash = mac.doFinal(counter);
            int at = hash[hash.length - 1] & 0xf;
            int number =
                    ((hash[at] & 0x7f) << 24)
                            | ((hash[at + 1] & 0xff) << 16)
                            | ((hash[at + 2] & 0xff) << 8)
                            | (hash[at + 3] & 0xff);
            String text = Integer.toString(number % MODULUS);
            return "0".repeat(DIGITS - text.length()) + text;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-1 and SHA-256", e);
        }
    }

    /**
     * The step that a code belongs to, when it is one of now that is later than the last one used.
     * Takes as long for a wrong code as for a right one.
     */
    static OptionalLong match(byte[] key, String typed, Instant at, long lastStep) {
        byte[] given = typed.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        long now = step(at);
        OptionalLong found = OptionalLong.empty();
        for (long step = now - WINDOW; step <= now + WINDOW; step++) {
            byte[] right = code(key, step).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(given, right) && step > lastStep) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }
}
