package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into sealed rows and back. A body holds the record's hash (32 bytes) and its
 * canonical text. Not for use by two threads.
 */
final class AuditSealer {

    private static final int HASH = 32;

    private final DataKeys keys;
    private final Sealer sealer;
    private final KeyedHash hashes;

    AuditSealer(DataKeys keys, Sealer sealer, KeyedHash hashes) {
        this.keys = keys;
        this.sealer = sealer;
        this.hashes = hashes;
    }

    AuditRow row(AuditDraft draft, AuditEntry entry) throws GeneralSecurityException {
        byte[] text = entry.json().getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(HexFormat.of().parseHex(entry.hash()), HASH + text.length);
        System.arraycopy(text, 0, body, HASH, text.length);
        AuditRow row =
                new AuditRow(
                        entry.seq(),
                        entry.time().toEpochMilli(),
                        entry.type(),
                        hash("account", draft.user().map(AuditDraft.UserInfo::name).orElse("")),
                        hash("target", draft.target().map(AuditDraft.TargetInfo::path).orElse("")),
                        hash("request", draft.ids().getOrDefault("request_uid", "")),
                        body);
        return row.withBody(sealer.seal(keys, Purpose.AUDIT, Place.audit(row), body));
    }

    /**
     * The record of a row. One that does not open is shown as such, with an empty hash: it must not
     * hide the others of its page, and no verification takes it for good.
     */
    AuditEntry entry(AuditRow row) {
        Instant time = Instant.ofEpochMilli(row.time());
        try {
            byte[] body = sealer.open(keys, Purpose.AUDIT, Place.audit(row), row.body());
            String hash = HexFormat.of().formatHex(body, 0, HASH);
            String json = new String(body, HASH, body.length - HASH, StandardCharsets.UTF_8);
            return new AuditEntry(row.seq(), time, row.type(), json, hash);
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            String json =
                    CanonicalJson.of(
                            Map.of(
                                    "seq",
                                    row.seq(),
                                    "audit_event_type",
                                    row.type(),
                                    "unreadable",
                                    "this record was changed or moved outside of the agent"));
            return new AuditEntry(row.seq(), time, row.type(), json, "");
        }
    }

    private byte @Nullable [] hash(String column, String value) {
        return value.isEmpty() ? null : hashes.of(column, value);
    }
}
