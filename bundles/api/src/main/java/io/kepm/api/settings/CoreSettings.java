package io.kepm.api.settings;

import java.util.List;

/**
 * The settings of the agent itself. All may stand in the root-owned {@code appsettings.json}; what
 * is neither {@code anywhere()} nor {@code live()} can be set nowhere else.
 */
public final class CoreSettings {

    public static final Setting<String> ALLOWED_HOSTS =
            new Setting<>(
                    "AllowedHosts",
                    "text",
                    "localhost;127.0.0.1;[::1]",
                    "",
                    "host names and addresses joined by `;`, `*.NAME`, or `*`",
                    "host names that a request may carry",
                    value -> {
                        if (value instanceof String text) {
                            AllowedHosts.parse(text);
                            return text;
                        }
                        throw new IllegalArgumentException("not a text");
                    });
    public static final Setting<String> CERT_PASSWORD =
            new Setting<>(
                    "CertPassword",
                    "text",
                    "",
                    "",
                    "nothing: it has to be empty",
                    "never a password: secrets come from systemd credentials",
                    value -> {
                        if ("".equals(value)) {
                            return "";
                        }
                        throw new IllegalArgumentException(
                                "a password may not stand in a configuration file");
                    });
    public static final Setting<Integer> HTTP_PORT =
            Setting.integer(
                    "Settings/KestrelHttpPort",
                    6888,
                    1,
                    65535,
                    "port",
                    "port that redirects to HTTPS");
    public static final Setting<Integer> HTTPS_PORT =
            Setting.integer(
                    "Settings/KestrelHttpsPort", 6889, 1, 65535, "port", "port of the HTTPS API");
    public static final Setting<String> CERTIFICATE_FILE =
            Setting.place(
                    "Settings/Certificate/File",
                    "an absolute path: certificates in PEM, or PKCS#12 (`.p12`, `.pfx`)",
                    "certificate of the TLS doors, the issuers after it; empty: the agent's own");
    public static final Setting<String> CERTIFICATE_KEY_FILE =
            Setting.place(
                    "Settings/Certificate/KeyFile",
                    "an absolute path: a private key in PEM",
                    "its private key; empty: it is in the same file");
    public static final Setting<String> CERTIFICATE_CREDENTIAL =
            Setting.text(
                    "Settings/Certificate/Credential",
                    "",
                    "name of a systemd credential",
                    "the credential that holds the password of the key; empty: it has none");
    public static final Setting<List<String>> ALTERNATIVE_SIGNATURES =
            Setting.texts(
                    "Settings/AlternativeSignatures",
                    List.of(),
                    "thumbprints of further certificates whose bundles are trusted");
    public static final Setting<List<String>> ALLOWED_NON_ADMIN_EXECUTABLES =
            Setting.baseNames(
                    "Settings/AllowedNonAdminExecutables",
                    "base names of programs accepted from sessions of users who are no administrators");
    public static final Setting<String> PLUGIN_PATH =
            Setting.text("Settings/PluginPath", "Plugins", "a folder", "folder of the plugins");
    public static final Setting<String> REPOSITORY_PATH =
            Setting.text(
                    "Settings/RepositoryPath", "KeeperStorage", "a folder", "folder of the store");
    public static final Setting<String> STORAGE_KEY_FILE =
            Setting.text(
                    "Settings/Storage/KeyFile",
                    "",
                    "an absolute path",
                    "file of root's that holds the master key of the store (32 bytes, or 64 hex"
                            + " digits); empty: the store's own");
    public static final Setting<String> STORAGE_TOKEN_MODULE =
            Setting.text(
                    "Settings/Storage/Pkcs11/Module",
                    "",
                    "an absolute path",
                    "PKCS#11 library of the token that gives the master key; empty: none");
    public static final Setting<String> STORAGE_TOKEN =
            Setting.text("Settings/Storage/Pkcs11/Token", "", "a label", "label of that token");
    public static final Setting<String> STORAGE_TOKEN_KEY =
            Setting.text(
                    "Settings/Storage/Pkcs11/Key",
                    "",
                    "a label",
                    "label of the AES key in it, which serves nothing else");
    public static final Setting<String> STORAGE_TOKEN_PIN_FILE =
            Setting.text(
                    "Settings/Storage/Pkcs11/PinFile",
                    "",
                    "an absolute path",
                    "file of root's that holds the token's PIN");
    public static final Setting<String> LOG_LEVEL =
            Setting.choice(
                            "Settings/system.logging.level",
                            "Warning",
                            List.of(
                                    "Trace",
                                    "Debug",
                                    "Information",
                                    "Warning",
                                    "Error",
                                    "Critical"),
                            "how much the log says")
                    .live();
    public static final Setting<String> MQTT_ADDRESS =
            Setting.choice(
                    "Settings/MqttBrokerSettings/IpAddress",
                    "127.0.0.1",
                    List.of("127.0.0.1"),
                    "address of the broker");
    public static final Setting<Integer> MQTT_PORT =
            Setting.integer(
                    "Settings/MqttBrokerSettings/Port",
                    8675,
                    1,
                    65535,
                    "port",
                    "port of the broker");
    public static final Setting<String> UNMATCHED =
            Setting.choice(
                    "Settings/PolicyEngine/unmatched",
                    "deny",
                    List.of("deny", "os"),
                    "what an elevation request gets that no policy matches");
    public static final Setting<String> UNMATCHED_FOR_OTHERS =
            Setting.choice(
                    "Settings/PolicyEngine/unmatchedForOthers",
                    "os",
                    List.of("os", "deny"),
                    "whether users who are not governed keep their own sudo rights where no policy matches");
    public static final Setting<Boolean> ENFORCE_FOR_ADMINISTRATORS =
            Setting.flag(
                    "Settings/PolicyEngine/enforceForAdministrators",
                    true,
                    "whether administrators are governed like everyone");
    public static final Setting<List<String>> ADMIN_GROUPS =
            Setting.texts(
                    "Settings/PolicyEngine/AdminGroups",
                    List.of("sudo", "wheel", "admin"),
                    "groups whose members count as administrators");
    public static final Setting<List<String>> GOVERNED_GROUPS =
            Setting.texts(
                    "Settings/PolicyEngine/governedGroups",
                    List.of(),
                    "groups, mostly of a directory, whose members are kept under policy");
    public static final Setting<Integer> PROMPT_SECONDS =
            Setting.integer(
                            "Settings/Elevation/PromptSeconds",
                            120,
                            5,
                            3600,
                            "seconds",
                            "how long a person may take to answer a prompt")
                    .live();
    public static final Setting<Integer> NAME_SERVICE_MILLIS =
            Setting.integer(
                            "Settings/Elevation/NameServiceMillis",
                            2000,
                            100,
                            10_000,
                            "milliseconds",
                            "how long a look-up of users and groups may take before the request is denied")
                    .live();
    public static final Setting<Integer> CANARY_MINUTES =
            Setting.integer(
                            "Settings/Elevation/CanaryMinutes",
                            60,
                            1,
                            1440,
                            "minutes",
                            "how often the sudo canary is tried")
                    .anywhere();
    public static final Setting<Integer> DECISIONS_AT_ONCE =
            Setting.integer(
                            "Settings/Elevation/DecisionsAtOnce",
                            32,
                            1,
                            1024,
                            "requests",
                            "how many requests of one user may be open at once")
                    .live();
    public static final Setting<Boolean> OWN_WAY =
            Setting.flag(
                    "Settings/Elevation/OwnWay",
                    true,
                    "whether `kepm run` has a way of its own beside sudo, where systemd runs and the kernel is 6.16 or newer");
    public static final Setting<Integer> LONGEST_GRANT_MINUTES =
            Setting.integer(
                    "Settings/Elevation/LongestGrantMinutes",
                    1440,
                    1,
                    1440,
                    "minutes",
                    "the longest that any right lasts, however often it is extended, and that an approval waits to be used, whatever policy gives");
    public static final Setting<Integer> RECORDING_DAYS =
            Setting.integer(
                    "Settings/Elevation/RecordingDays",
                    90,
                    1,
                    3650,
                    "days",
                    "how long recordings of commands are kept");
    public static final Setting<Integer> RECORDING_MEBIBYTES =
            Setting.integer(
                            "Settings/Elevation/RecordingMebibytes",
                            256,
                            1,
                            65_536,
                            "MiB",
                            "how large a recording may grow: its command is ended then")
                    .live();
    public static final Setting<String> AT_EXPIRY =
            Setting.choice(
                            "Settings/Elevation/atExpiry",
                            "kill",
                            List.of("kill", "finish"),
                            "whether the processes of a right are ended with it, 30 s after a warning, or may finish")
                    .anywhere();

    public static final Setting<String> MFA_PROVIDER =
            Setting.choice(
                    "Settings/Elevation/MfaProvider",
                    "totp",
                    List.of("totp", "pam"),
                    "what policies with MFA ask for: a one-time code, or the password of the account");

    public static final Setting<String> TOTP_HASH =
            Setting.choice(
                    "Settings/Elevation/TotpHash",
                    "SHA1",
                    List.of("SHA1", "SHA256"),
                    "the hash of one-time codes that are enrolled from now on; not every app knows SHA256");

    public static final Setting<List<String>> APPROVAL_PROVIDERS =
            Setting.texts(
                    "Settings/Elevation/ApprovalProviders",
                    List.of(),
                    "ids of jobs that may answer a request for an approval");

    public static final Setting<Integer> EVALUATIONS_PER_MINUTE =
            Setting.integer(
                            "Settings/PolicyEngine/EvaluationsPerMinute",
                            100,
                            1,
                            1_000_000,
                            "evaluations",
                            "how many evaluations one source gets within a minute")
                    .live();
    public static final Setting<Integer> EVALUATIONS_WAITING =
            Setting.integer(
                            "Settings/PolicyEngine/EvaluationsWaiting",
                            200,
                            0,
                            10_000,
                            "requests",
                            "how many requests of one source may wait for their turn, 30 s at most")
                    .live();
    public static final Setting<Integer> FAILURES_TO_OPEN =
            Setting.integer(
                            "Settings/PolicyEngine/FailuresToOpen",
                            10,
                            1,
                            1_000_000,
                            "failures",
                            "how many refusals of one source in a row open its circuit")
                    .live();
    public static final Setting<Integer> CIRCUIT_MINUTES =
            Setting.integer(
                            "Settings/PolicyEngine/CircuitMinutes",
                            5,
                            1,
                            1440,
                            "minutes",
                            "how long an open circuit refuses everything of its source")
                    .live();
    public static final Setting<List<String>> ALLOW_LOCKOUT =
            Setting.texts(
                    "Settings/PolicyEngine/AllowLockout",
                    List.of(),
                    "ids of policies that may deny to everybody what a machine can't do without");
    public static final Setting<Integer> MONITOR_DAYS =
            Setting.integer(
                            "Settings/PolicyEngine/MonitorDays",
                            30,
                            1,
                            3650,
                            "days",
                            "how long a policy may only watch before the health says so")
                    .live();

    public static final Setting<Integer> AUDIT_RETENTION_DAYS =
            Setting.integer(
                    "Settings/Audit/RetentionDays",
                    90,
                    1,
                    3650,
                    "days",
                    "how long a record of the audit is kept");
    public static final Setting<Long> AUDIT_MAX_BYTES =
            Setting.number(
                    "Settings/Audit/MaxBytes",
                    2L << 30,
                    64L << 20,
                    1L << 40,
                    "bytes",
                    "how much room the audit may take; the oldest records go first");
    public static final Setting<List<String>> AUDIT_EXPORTS =
            Setting.texts(
                    "Settings/Audit/Exports",
                    List.of(),
                    "where every record of the audit is sent as well, one address each: `file:///PATH`,"
                            + " `syslog+udp://`, `syslog+tcp://` or `syslog+tls://HOST:PORT`"
                            + " (`?format=sd`, `cef` or `json`), `otlp+http://` or"
                            + " `otlp+https://HOST:PORT/v1/logs` (`?protocol=http/protobuf` or"
                            + " `http/json`); `ca=`, `cert=`, `key=`, `credential=` and `name=`"
                            + " may follow");
    public static final Setting<Integer> LOG_SIZE_MB =
            Setting.integer(
                            "Settings/log.rotation.size_mb",
                            50,
                            1,
                            1024,
                            "MB",
                            "size at which the log begins a new file")
                    .anywhere();
    public static final Setting<Integer> LOG_RETENTION_DAYS =
            Setting.integer(
                            "Settings/log.retention.days",
                            15,
                            1,
                            3650,
                            "days",
                            "how long a file of the log is kept")
                    .live();

    public static final Setting<String> LOG_FORMAT =
            Setting.choice(
                            "Settings/log.format",
                            "text",
                            List.of("text", "json"),
                            "whether a line of the log is text or JSON")
                    .anywhere();
    public static final Setting<List<String>> LOG_OUTPUTS =
            new Setting<>(
                    "Settings/log.outputs",
                    "list of texts",
                    List.of(),
                    "",
                    "journald:, syslog+udp://HOST:PORT, http://HOST/PATH, https://HOST/PATH",
                    "where every line of the log is sent as well",
                    LogOutputs::read);

    private static final List<Setting<?>> ALL =
            List.of(
                    ALLOWED_HOSTS,
                    CERT_PASSWORD,
                    HTTP_PORT,
                    HTTPS_PORT,
                    CERTIFICATE_FILE,
                    CERTIFICATE_KEY_FILE,
                    CERTIFICATE_CREDENTIAL,
                    ALTERNATIVE_SIGNATURES,
                    ALLOWED_NON_ADMIN_EXECUTABLES,
                    PLUGIN_PATH,
                    REPOSITORY_PATH,
                    STORAGE_KEY_FILE,
                    STORAGE_TOKEN_MODULE,
                    STORAGE_TOKEN,
                    STORAGE_TOKEN_KEY,
                    STORAGE_TOKEN_PIN_FILE,
                    LOG_LEVEL,
                    MQTT_ADDRESS,
                    MQTT_PORT,
                    UNMATCHED,
                    UNMATCHED_FOR_OTHERS,
                    ENFORCE_FOR_ADMINISTRATORS,
                    ADMIN_GROUPS,
                    GOVERNED_GROUPS,
                    EVALUATIONS_PER_MINUTE,
                    EVALUATIONS_WAITING,
                    FAILURES_TO_OPEN,
                    CIRCUIT_MINUTES,
                    ALLOW_LOCKOUT,
                    MONITOR_DAYS,
                    PROMPT_SECONDS,
                    NAME_SERVICE_MILLIS,
                    CANARY_MINUTES,
                    DECISIONS_AT_ONCE,
                    OWN_WAY,
                    LONGEST_GRANT_MINUTES,
                    RECORDING_DAYS,
                    RECORDING_MEBIBYTES,
                    AT_EXPIRY,
                    MFA_PROVIDER,
                    TOTP_HASH,
                    APPROVAL_PROVIDERS,
                    AUDIT_RETENTION_DAYS,
                    AUDIT_MAX_BYTES,
                    AUDIT_EXPORTS,
                    LOG_SIZE_MB,
                    LOG_RETENTION_DAYS,
                    LOG_FORMAT,
                    LOG_OUTPUTS);

    private CoreSettings() {}

    /** Every declaration, in the order of the reference page. */
    public static List<Setting<?>> all() {
        return ALL;
    }
}
