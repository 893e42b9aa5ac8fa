package io.kepm.api.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of request that policy answers; names on the wire are those of policy documents. */
public enum EventType {
    PRIVILEGE_ELEVATION("PrivilegeElevation", true),
    COMMAND_LINE("CommandLine", true),
    AGENTIC_PRIVILEGE_ELEVATION("AgenticPrivilegeElevation", true),
    HTTP_ACCESS("HttpAccess", false),
    FILE_ACCESS("FileAccess", false),
    AGENTIC_AI("AgenticAI", false),
    AGENTIC_ACCESS("AgenticAccess", false);

    private static final Map<String, EventType> BY_NAME =
            Arrays.stream(values())
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    type -> type.wireName.toLowerCase(Locale.ROOT), type -> type));

    private final String wireName;
    private final boolean elevation;

    EventType(String wireName, boolean elevation) {
        this.wireName = wireName;
        this.elevation = elevation;
    }

    public String wireName() {
        return wireName;
    }

    /** True for the types whose allow lets a program run with other rights. */
    public boolean isElevation() {
        return elevation;
    }

    /** True for the types of requests that programs of AI make. */
    public boolean isAgentic() {
        return wireName.startsWith("Agentic");
    }

    /** The type of that name, compared without regard to case; empty for anything else. */
    public static Optional<EventType> of(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }
}
