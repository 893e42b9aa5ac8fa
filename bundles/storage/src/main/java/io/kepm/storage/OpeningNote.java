package io.kepm.storage;

import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** What the opening of the store found, to be put on record once there is an audit. */
final class OpeningNote {

    private OpeningNote() {}

    /** The master key is in another place than at the last start. */
    static Mutation movedKey(StoreFolder folder, String place, Instant now) {
        return of(folder, "master-key", "OK", "the master key of the store is now " + place, now);
    }

    /** The store has a key or a file and no content: it was removed, or the disk has lost it. */
    static Mutation begunAnew(StoreFolder folder, Instant now) {
        return of(
                folder,
                "begun-anew",
                "DEGRADED",
                "there had been a store, and its content is gone: a new one was begun; what it held"
                        + " is in a backup, or in an export",
                now);
    }

    private static Mutation of(
            StoreFolder folder, String name, String outcome, String reason, Instant now) {
        return of(name, outcome, reason, folder, Map.of(), now);
    }

    /** A record that is written when there is an audit. */
    static Mutation of(
            String name,
            String outcome,
            String reason,
            StoreFolder folder,
            Map<String, String> details,
            Instant now) {
        String json =
                CanonicalJson.of(
                        Map.of(
                                "audit_event_type",
                                AuditType.CONFIGURATION_CHANGED.name(),
                                "outcome",
                                outcome,
                                "event_time",
                                now.toString(),
                                "reason",
                                reason,
                                "target_info",
                                Map.of("path", folder.database().toString()),
                                "details",
                                details));
        return new Mutation.Put(
                Table.AGENT_STATE,
                SettingsTrail.SPOOL + name,
                json.getBytes(StandardCharsets.UTF_8));
    }
}
