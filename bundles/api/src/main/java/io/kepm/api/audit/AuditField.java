package io.kepm.api.audit;

import java.util.List;
import java.util.Optional;

/** Every field of a record that a filter may name, with the sentence of the reference page. */
public enum AuditField {
    SEQ("seq", "place of the record, from 1, without holes"),
    ID("id", "UUIDv7 of the record"),
    EVENT_TIME("event_time", "when it happened; UTC, milliseconds"),
    AUDIT_EVENT_TYPE("audit_event_type", "what happened: one of the types above"),
    OUTCOME("outcome", "how it went: `ALLOW`, `DENY`, `REFUSED`, `OK`, `FAILED`, …"),
    REASON("reason", "why, in a sentence"),
    USER_NAME("user_info.name", "who it is about"),
    USER_UID("user_info.uid", "the user's number; -1 when unknown"),
    USER_SESSION("user_info.session", "the user's session"),
    USER_TTY(
            "user_info.tty",
            "the user's terminal; where a command was asked for by sudo or `kepm run`"),
    USER_PID("user_info.pid", "the process that asked; not where only a description was judged"),
    USER_EXE("user_info.exe", "the program of that process; no record of this version has it"),
    TARGET_PATH("target_info.path", "the command or file"),
    TARGET_ARGV("target_info.argv", "words of the command; a comparison holds if it does for one"),
    TARGET_SHA256("target_info.sha256", "digest of the program"),
    TARGET_CWD("target_info.cwd", "where it was to run"),
    TARGET_RUN_AS("target_info.run_as", "as whom it was to run"),
    ADMIN_NAME("admin_info.name", "the administrator who did it"),
    ADMIN_UID("admin_info.uid", "the administrator's number"),
    ADMIN_SESSION("admin_info.session", "the administrator's session"),
    ADMIN_TTY("admin_info.tty", "the administrator's terminal; no record of this version has it"),
    ADMIN_PID("admin_info.pid", "the administrator's process"),
    ADMIN_EXE("admin_info.exe", "the program of that process; no record of this version has it"),
    POLICY_UID("policy_uid", "the first policy that decided"),
    POLICY_VERSION("policy_version", "its version"),
    POLICY_EVALUATION_STATUS(
            "policy_evaluation_status",
            "1 allow, 2 deny, 3 second factor failed, 4 no reason given, 5 pending, 6 not governed"),
    REQUEST_UID("request_uid", "the request, the same in all of its records"),
    REQUEST_STATUS("request_status", "how far the request has come"),
    SESSION_UID("session_uid", "the session that asked"),
    SESSION_TYPE("session_type", "how it reached the agent: `sudo`, `api`, `system`, …"),
    PLUGIN_UID(
            "plugin_uid",
            "the plugin that it is about, or that asked over MQTT or was refused there"),
    PLUGIN_VERSION("plugin_version", "its version; in records about a plugin"),
    AGENT_UID("agent_uid", "the agent that wrote the record"),
    AGENT_VERSION("agent_version", "its version"),
    DETAILS("details.NAME", "what only some types have; always text"),
    UNREADABLE("unreadable", "only in a record that was changed outside of the agent"),
    PREV_HASH("prev_hash", "hash of the record before it"),
    HASH("hash", "SHA-256 of the record without this member");

    private static final String OPEN = "details.";

    private final String path;
    private final String sentence;

    AuditField(String path, String sentence) {
        this.path = path;
        this.sentence = sentence;
    }

    /** Its name in a filter. */
    public String path() {
        return path;
    }

    public String sentence() {
        return sentence;
    }

    /** A filter that holds where this field has one of these values. */
    public AuditFilter among(List<String> values) {
        List<FilterTerm.Word> words = values.stream().map(FilterTerm.Word::of).toList();
        return new AuditFilter(
                List.of(
                        words.size() == 1
                                ? new FilterTerm(path, FilterTerm.Operator.EQUAL, words)
                                : new FilterTerm(path, FilterTerm.Operator.IN, words)));
    }

    /** The field of that name; any member of {@code details} is one. */
    static Optional<AuditField> of(String name) {
        for (AuditField field : values()) {
            if (field != DETAILS && field.path.equals(name)) {
                return Optional.of(field);
            }
        }
        String member = name.startsWith(OPEN) ? name.substring(OPEN.length()) : "";
        return !member.isEmpty() && member.indexOf('.') < 0
                ? Optional.of(DETAILS)
                : Optional.empty();
    }
}
