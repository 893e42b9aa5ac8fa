package io.kepm.audit.export;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The last record that an export delivered, kept in the store under {@code export/NAME}, and
 * written there at most once a second: after a crash a second's records are sent twice. {@link
 * #kept} may be read by any thread, the rest is for one.
 */
final class Cursor {

    static final String PREFIX = "export/";
    static final Duration PAUSE = Duration.ofSeconds(1);

    private final AuditLog audit;
    private final String key;
    private volatile long kept;
    private Instant last = Instant.EPOCH;

    /**
     * @throws StorageException when the store can't be read
     */
    Cursor(Storage storage, AuditLog audit, String name) throws StorageException {
        this.audit = audit;
        this.key = PREFIX + name;
        Optional<byte[]> value = storage.get(Table.AGENT_STATE, key);
        this.kept = value.isPresent() ? seq(value.get()) : 0;
    }

    /** 0 when nothing was delivered yet. */
    long kept() {
        return kept;
    }

    /** Keeps the place, unless one was kept within the last second. */
    void keep(long seq, Instant now) throws StorageException {
        if (seq != kept && !now.isBefore(last.plus(PAUSE))) {
            last = now;
            keep(seq);
        }
    }

    /** Keeps the place now. */
    void keep(long seq) throws StorageException {
        if (seq != kept) {
            byte[] value = Long.toString(seq).getBytes(StandardCharsets.US_ASCII);
            audit.commit(
                    new Change(
                            List.of(new Mutation.Put(Table.AGENT_STATE, key, value)), List.of()));
            kept = seq;
        }
    }

    /** What is no number counts as nothing delivered: twice is better than not at all. */
    private static long seq(byte[] value) {
        String text = new String(value, StandardCharsets.US_ASCII);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
