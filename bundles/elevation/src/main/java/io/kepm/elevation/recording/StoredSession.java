package io.kepm.elevation.recording;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.elevation.RecordedSession;
import io.kepm.api.elevation.RecordedSession.State;
import io.kepm.api.elevation.SessionRecordings.About;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A recording as the store knows it, with the key of its file.
 *
 * @param begun milliseconds of the epoch
 * @param ended the same; 0 while it goes on
 */
record StoredSession(
        String id,
        String requestId,
        String user,
        long uid,
        String runAs,
        String path,
        List<String> argv,
        long begun,
        long ended,
        State state,
        int segments,
        long bytes,
        String sha256,
        byte[] key) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    StoredSession {
        argv = List.copyOf(argv);
        key = key.clone();
    }

    static StoredSession begun(About about, Instant now, byte[] key) {
        return new StoredSession(
                about.grantId(),
                about.requestId(),
                about.user(),
                about.uid(),
                about.runAs(),
                about.path(),
                about.argv(),
                now.toEpochMilli(),
                0,
                State.RUNNING,
                0,
                0,
                "",
                key);
    }

    StoredSession ended(Instant now, State how, SealedFile.Extent extent, String digest) {
        return new StoredSession(
                id,
                requestId,
                user,
                uid,
                runAs,
                path,
                argv,
                begun,
                now.toEpochMilli(),
                how,
                extent.segments(),
                extent.bytes(),
                digest,
                key);
    }

    RecordedSession shown(SealedFile.Extent extent) {
        return new RecordedSession(
                id,
                requestId,
                user,
                uid,
                runAs,
                argv,
                Instant.ofEpochMilli(begun),
                ended == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ended)),
                state,
                extent.segments(),
                extent.bytes(),
                sha256);
    }

    RecordedSession shown() {
        return shown(new SealedFile.Extent(segments, bytes));
    }

    byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a recording has no form", e);
        }
    }

    static StoredSession of(byte[] bytes) throws StorageException {
        try {
            return JSON.readValue(bytes, StoredSession.class);
        } catch (IOException e) {
            throw new StorageException("what is stored of a recording can't be read", e);
        }
    }
}
