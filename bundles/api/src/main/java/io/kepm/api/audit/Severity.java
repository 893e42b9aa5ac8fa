package io.kepm.api.audit;

/**
 * How much a record matters to whoever watches many machines. The numbers are those of RFC 5424
 * §6.2.1 (lower is worse), of CEF (0 to 10, higher is worse), and of the log data model of
 * OpenTelemetry, appendix B.
 */
public enum Severity {
    INFORMATION(6, 2, 9),
    NOTICE(5, 4, 10),
    WARNING(4, 6, 13),
    ERROR(3, 8, 17);

    private final int syslog;
    private final int cef;
    private final int otlp;

    Severity(int syslog, int cef, int otlp) {
        this.syslog = syslog;
        this.cef = cef;
        this.otlp = otlp;
    }

    public int syslog() {
        return syslog;
    }

    public int cef() {
        return cef;
    }

    public int otlp() {
        return otlp;
    }

    /**
     * The severity of a record.
     *
     * @param type name of its {@link AuditType}; one that is not known counts by its outcome
     */
    public static Severity of(String type, String outcome) {
        if (outcome.equals("RECOVERED")) {
            return NOTICE;
        }
        Severity own = ofType(type);
        Severity least = ofOutcome(outcome);
        return least.compareTo(own) > 0 ? least : own;
    }

    /** The least that an outcome makes of any type. */
    private static Severity ofOutcome(String outcome) {
        return switch (outcome) {
            case "BREAK_GLASS", "DOOR_CLOSED", "DROP_IN_REMOVED" -> ERROR;
            case "DENY", "REFUSED", "FAILED", "DEGRADED", "UNSAFE", "DROP_IN_NOT_WRITTEN" ->
                    WARNING;
            default -> INFORMATION;
        };
    }

    private static Severity ofType(String type) {
        return switch (type) {
            case "AGENT_GAP",
                    "AUDIT_DAMAGED",
                    "AUDIT_EXPORT_FAILED",
                    "BUNDLE_REFUSED",
                    "PLUGIN_REFUSED",
                    "POLICY_LOAD_FAILED",
                    "PROCESS_AUTHENTICATION_FAILED",
                    "UPDATE_FAILED" ->
                    ERROR;
            case "AUTHORIZATION_FAILED",
                    "CIRCUIT_OPENED",
                    "CLOCK_JUMP",
                    "ELEVATION_REFUSED",
                    "FILE_ACCESS_REFUSED",
                    "MFA_FAILED",
                    "RATE_LIMITED",
                    "SYNC_FAILED" ->
                    WARNING;
            case "ADMIN_ACTION",
                    "AGENT_STARTED",
                    "AGENT_STOPPED",
                    "CONFIGURATION_CHANGED",
                    "ELEVATION_STARTED",
                    "GRANT_CREATED",
                    "LEAST_PRIVILEGE_APPLIED",
                    "LEAST_PRIVILEGE_RESTORED",
                    "MFA_ENROLLED",
                    "PLUGIN_INSTALLED",
                    "POLICY_LOADED" ->
                    NOTICE;
            default -> INFORMATION;
        };
    }
}
