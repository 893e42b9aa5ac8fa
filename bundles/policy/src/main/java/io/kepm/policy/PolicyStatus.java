package io.kepm.policy;

import java.util.Locale;
import java.util.Optional;

/** Whether a policy sleeps, watches, or governs. */
enum PolicyStatus {
    OFF("off"),
    MONITOR("monitor"),
    MONITOR_AND_NOTIFY("monitor_and_notify"),
    ENFORCE("enforce");

    static final String KNOWN = "off, disabled, monitor, monitor_and_notify, enforce, enabled";

    private final String word;

    PolicyStatus(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    static Optional<PolicyStatus> of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "off", "disabled" -> Optional.of(OFF);
            case "monitor" -> Optional.of(MONITOR);
            case "monitor_and_notify" -> Optional.of(MONITOR_AND_NOTIFY);
            case "enforce", "enabled" -> Optional.of(ENFORCE);
            default -> Optional.empty();
        };
    }
}
