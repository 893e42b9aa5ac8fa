package io.kepm.api.elevation;

import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.policy.Conditions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a door has to do; durable on record before the door learns it. */
public sealed interface LaunchAnswer {

    String requestId();

    /**
     * Run it, under these conditions; notices are shown first.
     *
     * @param substitute what runs in place of what was asked for; the words are the conditions'
     * @param most after it the service manager ends what it started for this; {@link Duration#ZERO}
     *     for never
     */
    record Run(
            String requestId,
            String grantId,
            Conditions conditions,
            List<String> notices,
            Optional<Substitute> substitute,
            Duration most)
            implements LaunchAnswer {
        public Run {
            notices = List.copyOf(notices);
        }

        public Run(String requestId, String grantId, Conditions conditions, List<String> notices) {
            this(requestId, grantId, conditions, notices, Optional.empty(), Duration.ZERO);
        }
    }

    /** Another program; whoever got it closes its open file, which is what has to be executed. */
    record Substitute(String path, Descriptor program) {}

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
