package io.kepm.elevation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.storage.StorageException;
import java.io.IOException;

/**
 * How many offline codes of one user were wrong in a row, as it is kept.
 *
 * @param user the account's name then: a uid that gets another owner begins anew
 * @param lockedUntil milliseconds since 1970; 0 when it is not
 */
record WrongCodes(String user, int wrong, long lockedUntil) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    static WrongCodes none(String user) {
        return new WrongCodes(user, 0, 0);
    }

    WrongCodes oneMore(int most, long until) {
        return wrong + 1 >= most
                ? new WrongCodes(user, 0, until)
                : new WrongCodes(user, wrong + 1, 0);
    }

    byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a count has no form", e);
        }
    }

    static WrongCodes of(byte[] bytes) throws StorageException {
        try {
            return JSON.readValue(bytes, WrongCodes.class);
        } catch (IOException e) {
            throw new StorageException("a stored count of wrong codes can't be read", e);
        }
    }
}
