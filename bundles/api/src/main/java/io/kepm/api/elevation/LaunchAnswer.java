package io.kepm.api.elevation;

import io.kepm.api.policy.Conditions;
import java.util.List;

/** What a door has to do; durable on record before the door learns it. */
public sealed interface LaunchAnswer {

    String requestId();

    /** Run it, under these conditions; notices are shown first. */
    record Run(String requestId, String grantId, Conditions conditions, List<String> notices)
            implements LaunchAnswer {
        public Run {
            notices = List.copyOf(notices);
        }
    }

    /** Policy adds nothing and takes nothing: the caller's own sudo right stands. */
    record OwnRight(String requestId, List<String> notices) implements LaunchAnswer {
        public OwnRight {
            notices = List.copyOf(notices);
        }
    }

    /**
     * Do not run it.
     *
     * @param code {@code policy}, {@code unmatched}, {@code guard:…}, {@code control:justify},
     *     {@code audit}, {@code fault}…
     * @param message what the person reads: which rule and revision, and what to do next
     */
    record Refuse(String requestId, String code, String message) implements LaunchAnswer {}
}
