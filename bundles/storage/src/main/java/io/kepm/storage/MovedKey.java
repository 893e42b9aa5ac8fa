package io.kepm.storage;

import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** What is to be put on record when a start found the master key in another place than before. */
final class MovedKey {

    private MovedKey() {}

    static Mutation note(StoreFolder folder, String place, Instant now) {
        String json =
                CanonicalJson.of(
                        Map.of(
                                "audit_event_type",
                                AuditType.CONFIGURATION_CHANGED.name(),
                                "outcome",
                                "OK",
                                "event_time",
                                now.toString(),
                                "reason",
                                "the master key of the store is now " + place,
                                "target_info",
                                Map.of("path", folder.database().toString())));
        return new Mutation.Put(
                Table.AGENT_STATE,
                SettingsTrail.SPOOL + "master-key",
                json.getBytes(StandardCharsets.UTF_8));
    }
}
