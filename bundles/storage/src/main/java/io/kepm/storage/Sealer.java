package io.kepm.storage;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals values with AES-256-GCM and opens them. A sealed value is: version 1, key id (4 bytes),
 * nonce (12 bytes, fresh), cipher text with tag (16 bytes). Keeps its cipher: not for use by two
 * threads.
 */
final class Sealer {

    /** Version, key id and nonce. */
    static final int HEADER = 17;

    static final int TAG = 16;
    private static final byte VERSION = 1;
    private static final int NONCE = 12;
    private static final int NONCES_AT_ONCE = 256;

    private final Cipher cipher;
    private final SecureRandom random;
    // Asking the kernel once for many nonces is several times cheaper than once for each.
    private final byte[] nonces = new byte[NONCE * NONCES_AT_ONCE];
    private int used = nonces.length;

    Sealer(SecureRandom random) throws GeneralSecurityException {
        this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        this.random = random;
    }

    byte[] seal(int keyId, SecretKey key, Place place, byte[] plain)
            throws GeneralSecurityException {
        if (used == nonces.length) {
            random.nextBytes(nonces);
            used = 0;
        }
        byte[] sealed = new byte[HEADER + plain.length + TAG];
        ByteBuffer.wrap(sealed).put(VERSION).putInt(keyId).put(nonces, used, NONCE);
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * 8, nonces, used, NONCE));
        used += NONCE;
        cipher.updateAAD(place.bytes());
        cipher.doFinal(plain, 0, plain.length, sealed, HEADER);
        return sealed;
    }

    byte[] seal(DataKeys keys, Purpose purpose, Place place, byte[] plain)
            throws GeneralSecurityException {
        DataKeys.DataKey key = keys.inUse(purpose);
        return seal(key.id(), key.key(), place, plain);
    }

    /**
     * Opens a value that was sealed for a purpose.
     *
     * @throws AEADBadTagException when it is not the value that was sealed for this place
     */
    byte[] open(DataKeys keys, Purpose purpose, Place place, byte[] sealed)
            throws GeneralSecurityException {
        DataKeys.DataKey key =
                keys.byId(keyId(sealed))
                        .filter(candidate -> candidate.purpose() == purpose)
                        .orElseThrow(() -> new AEADBadTagException("unknown key id"));
        return open(key.key(), place, sealed);
    }

    byte[] open(SecretKey key, Place place, byte[] sealed) throws GeneralSecurityException {
        keyId(sealed);
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG * 8, sealed, 5, NONCE));
        cipher.updateAAD(place.bytes());
        return cipher.doFinal(sealed, HEADER, sealed.length - HEADER);
    }

    /** Header and tag of a sealed value: no two sealed values share them. */
    static byte[] sealOf(byte[] sealed) {
        byte[] seal = Arrays.copyOf(sealed, HEADER + TAG);
        System.arraycopy(sealed, sealed.length - TAG, seal, HEADER, TAG);
        return seal;
    }

    private static int keyId(byte[] sealed) throws AEADBadTagException {
        if (sealed.length < HEADER + TAG || sealed[0] != VERSION) {
            throw new AEADBadTagException("not a sealed value");
        }
        return ByteBuffer.wrap(sealed, 1, 4).getInt();
    }
}
