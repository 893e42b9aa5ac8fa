package io.kepm.storage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A master key from an AES key that can be used and not read: what that key makes of two fixed
 * blocks (AES-CBC), through HMAC-SHA-256. The same for ever, or stores would not open any more.
 */
final class KeyDerivation {

    /** Two blocks of AES; says to what the token's key was put. */
    private static final byte[] BLOCKS =
            "KEPM: master key of the store, 1".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PURPOSE = "kepm/storage/master".getBytes(StandardCharsets.US_ASCII);

    private KeyDerivation() {}

    /**
     * @param provider what works with that key
     */
    static SecretKey of(Provider provider, SecretKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", provider);
        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[16]));
        byte[] seed = cipher.doFinal(BLOCKS);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(seed, "HmacSHA256"));
        byte[] master = mac.doFinal(PURPOSE);
        try {
            return new SecretKeySpec(master, "AES");
        } finally {
            Arrays.fill(seed, (byte) 0);
            Arrays.fill(master, (byte) 0);
        }
    }
}
