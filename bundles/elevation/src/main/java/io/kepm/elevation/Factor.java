package io.kepm.elevation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.util.List;

/**
 * The second factor of one user, as it is kept (sealed, in the table of secrets).
 *
 * @param user the account's name when it was enrolled: a uid that gets another owner has none
 * @param key of the app; empty when there is no factor yet
 * @param lastStep the last step whose code was used; no code of it or before counts again
 * @param recovery digests of the recovery codes that are left
 * @param admission digest of the code that an administrator gave for the first enrolment; or empty
 * @param admittedUntil milliseconds since 1970
 * @param wrong how many tries in a row were wrong
 * @param lockedUntil milliseconds since 1970; 0 when it is not
 */
record Factor(
        String user,
        byte[] key,
        long lastStep,
        List<String> recovery,
        String admission,
        long admittedUntil,
        int wrong,
        long lockedUntil) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    Factor {
        recovery = List.copyOf(recovery);
    }

    static Factor none(String user) {
        return new Factor(user, new byte[0], 0, List.of(), "", 0, 0, 0);
    }

    boolean isEnrolled() {
        return key.length > 0;
    }

    Factor admitted(String digest, long until) {
        return new Factor(user, key, lastStep, recovery, digest, until, 0, 0);
    }

    Factor enrolled(byte[] fresh, long step, List<String> codes) {
        return new Factor(user, fresh, step, codes, "", 0, 0, 0);
    }

    Factor usedStep(long step) {
        return new Factor(user, key, step, recovery, "", 0, 0, 0);
    }

    Factor usedRecovery(String digest) {
        List<String> left = recovery.stream().filter(one -> !one.equals(digest)).toList();
        return new Factor(user, key, lastStep, left, "", 0, 0, 0);
    }

    Factor failed(int most, long lockedUntil) {
        int now = wrong + 1;
        return new Factor(
                user,
                key,
                lastStep,
                recovery,
                now >= most ? "" : admission,
                admittedUntil,
                now >= most ? 0 : now,
                now >= most ? lockedUntil : 0);
    }

    byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a factor has no form", e);
        }
    }

    static Factor of(byte[] bytes) throws StorageException {
        try {
            return JSON.readValue(bytes, Factor.class);
        } catch (IOException e) {
            throw new StorageException("a stored second factor can't be read", e);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Factor[" + user + (isEnrolled() ? ", enrolled" : ", none") + "]";
    }
}
