package io.kepm.api.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * How records follow each other: each carries the hash of the one before it, so that whoever edits,
 * removes or reorders one breaks every later hash. Pure; used by the writer and by every verifier.
 */
public final class AuditChain {

    /** What the first record names as its predecessor. */
    public static final String GENESIS = "0".repeat(64);

    private AuditChain() {}

    /**
     * Gives a draft its place.
     *
     * @param id UUIDv7 of the record
     * @param now the time of the commit, used when the draft has none of its own
     */
    public static AuditEntry seal(
            AuditDraft draft,
            long seq,
            String id,
            Instant now,
            String agentUid,
            String version,
            String prevHash) {
        Instant time = draft.eventTime().orElse(now).truncatedTo(ChronoUnit.MILLIS);
        Map<String, Object> fields = new TreeMap<>(draft.ids());
        fields.put("seq", seq);
        fields.put("id", id);
        fields.put("event_time", time.toString());
        fields.put("audit_event_type", draft.type().name());
        fields.put("outcome", draft.outcome());
        fields.put("agent_uid", agentUid);
        fields.put("agent_version", version);
        fields.put("prev_hash", prevHash);
        draft.user().ifPresent(user -> fields.put("user_info", userFields(user)));
        draft.admin().ifPresent(admin -> fields.put("admin_info", userFields(admin)));
        draft.target().ifPresent(target -> fields.put("target_info", targetFields(target)));
        if (!draft.reason().isEmpty()) {
            fields.put("reason", draft.reason());
        }
        if (!draft.details().isEmpty()) {
            fields.put("details", draft.details());
        }
        String json = CanonicalJson.of(fields);
        return new AuditEntry(seq, time, draft.type().name(), json, hash(json));
    }

    /** The hash of a canonical text. */
    public static String hash(String json) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(json.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 in this Java", e);
        }
    }

    private static Map<String, Object> userFields(AuditDraft.UserInfo user) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("name", user.name());
        fields.put("uid", user.uid());
        put(fields, "session", user.session());
        put(fields, "tty", user.tty());
        put(fields, "exe", user.exe());
        if (user.pid() != 0) {
            fields.put("pid", user.pid());
        }
        return fields;
    }

    private static Map<String, Object> targetFields(AuditDraft.TargetInfo target) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("path", target.path());
        if (!target.argv().isEmpty()) {
            fields.put("argv", target.argv());
        }
        put(fields, "sha256", target.sha256());
        put(fields, "cwd", target.cwd());
        put(fields, "run_as", target.runAs());
        return fields;
    }

    private static void put(Map<String, Object> fields, String key, String value) {
        if (!value.isEmpty()) {
            fields.put(key, value);
        }
    }
}
