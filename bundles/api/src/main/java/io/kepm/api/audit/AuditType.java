package io.kepm.api.audit;

/** Every kind of audit record, with the sentence that the reference page prints. */
public enum AuditType {
    POLICY_EVALUATION("policy judged a request"),
    ELEVATION_STARTED("a command was let run with other rights"),
    ELEVATION_ENDED("that command ended; with exit code and duration"),
    SESSION_RECORDED("what a command showed is recorded; with size and digest"),
    SESSION_REMOVED("a recording is gone: kept as long as the site wants, or of nothing"),
    ELEVATION_REFUSED("a command was refused"),
    FILE_ACCESS_GRANTED("a sensitive file was opened for a user"),
    FILE_ACCESS_REFUSED("access to a sensitive file was refused"),
    FILE_ACCESS_REVOKED("access to a sensitive file was taken back"),
    REQUEST_CREATED("a request that waits for somebody was made"),
    REQUEST_STATUS_CHANGED("a request changed its state"),
    REQUEST_REMOVED("a request was removed"),
    USER_INTERACTION("a person was asked or told something"),
    GRANT_CREATED("a right was given, for a time"),
    GRANT_USED("a right was used"),
    GRANT_EXTENDED("the end of a right was moved"),
    GRANT_REVOKED("a right was taken back before its end"),
    GRANT_EXPIRED("a right ended"),
    MFA_SUCCEEDED("a second factor was right"),
    MFA_FAILED("a second factor was wrong"),
    MFA_ENROLLED("a second factor was enrolled or removed"),
    JUSTIFICATION_RECORDED("a person said why"),
    LEAST_PRIVILEGE_APPLIED("standing rights were removed"),
    LEAST_PRIVILEGE_RESTORED("standing rights were given back"),
    POLICY_LOADED("a policy set came into force"),
    POLICY_LOAD_FAILED("a policy set was refused; the one in force stays"),
    CONFIGURATION_CHANGED("a configuration file changed"),
    ADMIN_ACTION("an administrator's call: who, route, result"),
    AUTHORIZATION_FAILED("a call lacked the right for its route"),
    PROCESS_AUTHENTICATION_FAILED("a caller was not who it has to be"),
    PLUGIN_INSTALLED("a plugin was installed"),
    PLUGIN_REFUSED("a plugin was refused"),
    PLUGIN_STATE_CHANGED("a plugin changed its state"),
    BUNDLE_REFUSED("the framework guard refused a bundle"),
    JOB_RUN("a job ran"),
    AGENT_STARTED("the agent came up"),
    AGENT_STOPPED("the agent stopped in order"),
    AGENT_GAP("the last stop was not in order; from-to"),
    AGENT_REGISTERED("the agent was registered with a backend"),
    AGENT_UNREGISTERED("the agent left its backend"),
    SYNC_COMPLETED("a sync with the backend ended well"),
    SYNC_FAILED("a sync with the backend failed"),
    UPDATE_STARTED("an update of the agent began"),
    UPDATE_COMPLETED("an update of the agent ended well"),
    UPDATE_FAILED("an update of the agent failed"),
    RATE_QUEUED("requests of a source had to wait; once a window, with a count"),
    RATE_LIMITED(
            "requests of a source were refused, by `details.code` for their pace or for an open"
                    + " circuit, once a window, with a count; without a code because too many"
                    + " were open at once"),
    CIRCUIT_OPENED("a source failed too often and is cut off for a time"),
    CIRCUIT_CLOSED("a source that was cut off is heard again"),
    AUDIT_EXPORT_FAILED("an export of the audit fell behind or failed"),
    AUDIT_ROOM_LOW("the room for records is short, or there is enough again"),
    AUDIT_CHECKPOINT("the head of the chain was signed"),
    AUDIT_DAMAGED("a check found that the audit was changed outside of the agent"),
    CLOCK_JUMP("the clock was set");

    private final String sentence;

    AuditType(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
