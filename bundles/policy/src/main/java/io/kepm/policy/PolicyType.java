package io.kepm.policy;

import io.kepm.api.policy.EventType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a policy is about: a kind of request, or a standing state of the machine. */
enum PolicyType {
    PRIVILEGE_ELEVATION("PrivilegeElevation"),
    COMMAND_LINE("CommandLine"),
    FILE_ACCESS("FileAccess"),
    LEAST_PRIVILEGE("LeastPrivilege"),
    HTTP_ACCESS("HttpAccess"),
    AGENTIC_AI("AgenticAI"),
    AGENTIC_ACCESS("AgenticAccess"),
    AGENTIC_PRIVILEGE_ELEVATION("AgenticPrivilegeElevation"),
    SETTINGS_UPDATE("SettingsUpdate"),
    JOB_UPDATE("JobUpdate"),
    KEEPER_UPDATES("KeeperUpdates");

    private static final List<PolicyType> ALL = List.of(values());
    private static final Map<EventType, Set<PolicyType>> CONSIDERED = considered();

    private final String wireName;

    PolicyType(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    /** The type of that name, compared without regard to case. */
    static Optional<PolicyType> of(String name) {
        for (PolicyType type : ALL) {
            if (type.wireName.equalsIgnoreCase(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static String known() {
        return ALL.stream().map(t -> t.wireName).collect(Collectors.joining(", "));
    }

    /** The types of policy that a request of a type is judged by. */
    static Set<PolicyType> considered(EventType event) {
        return CONSIDERED.getOrDefault(event, Set.of());
    }

    boolean isElevation() {
        return this == PRIVILEGE_ELEVATION
                || this == COMMAND_LINE
                || this == AGENTIC_PRIVILEGE_ELEVATION;
    }

    boolean isAgentic() {
        return this == AGENTIC_AI || this == AGENTIC_ACCESS || this == AGENTIC_PRIVILEGE_ELEVATION;
    }

    /** Whether it states how things are to be rather than answering a request. */
    boolean isStanding() {
        return this == LEAST_PRIVILEGE
                || this == SETTINGS_UPDATE
                || this == JOB_UPDATE
                || this == KEEPER_UPDATES;
    }

    /** Whether {@code CertificationCheck} limits it; other types carry it without effect. */
    boolean honoursCertificates() {
        return this == FILE_ACCESS
                || this == PRIVILEGE_ELEVATION
                || this == COMMAND_LINE
                || this == HTTP_ACCESS;
    }

    private static Map<EventType, Set<PolicyType>> considered() {
        Map<EventType, Set<PolicyType>> map = new EnumMap<>(EventType.class);
        for (EventType event : EventType.values()) {
            PolicyType own = of(event.wireName()).orElseThrow();
            boolean alsoElevation =
                    event == EventType.COMMAND_LINE
                            || event == EventType.AGENTIC_PRIVILEGE_ELEVATION;
            List<PolicyType> types =
                    alsoElevation ? List.of(own, PRIVILEGE_ELEVATION) : List.of(own);
            map.put(event, Set.copyOf(types));
        }
        return map;
    }
}
