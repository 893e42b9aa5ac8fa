package io.kepm.elevation.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the segments of one file: AES-256-GCM (NIST SP 800-38D) under a key that no other file has,
 * so that the number of a segment can be its nonce. Bound to the file's id, the number, and whether
 * it is the last one: none can be left out, moved, or taken from elsewhere.
 */
final class Seal {

    static final int KEY_BYTES = 32;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final String id;
    private final SecretKeySpec key;

    Seal(String id, byte[] key) {
        this.id = id;
        this.key = new SecretKeySpec(key, "AES");
    }

    byte[] seal(int number, boolean isLast, byte[] plain) throws IOException {
        return run(Cipher.ENCRYPT_MODE, number, isLast, plain);
    }

    /**
     * What was sealed.
     *
     * @throws IOException when it is anything else
     */
    byte[] open(int number, boolean isLast, byte[] sealed) throws IOException {
        return run(Cipher.DECRYPT_MODE, number, isLast, sealed);
    }

    private byte[] run(int mode, int number, boolean isLast, byte[] bytes) throws IOException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(NONCE_BYTES - 4, number).array();
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(
                    ("kepm session 1|" + id + "|" + number + "|" + (isLast ? "last" : "more"))
                            .getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IOException("segment " + number + " is not what was recorded", e);
        }
    }
}
