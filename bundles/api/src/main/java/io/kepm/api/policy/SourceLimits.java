package io.kepm.api.policy;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How often one source may ask, and when it is cut off (policy.md §5). Every door asks here before
 * a policy is asked. Safe for use by many threads; no source waits for another.
 */
@ProviderType
public interface SourceLimits {

    /** Too many evaluations within a minute, and no place to wait. */
    String RATE_LIMITED = "rate_limited";

    /** Too many failures in a row. */
    String CIRCUIT_OPEN = "circuit_open";

    /**
     * Takes a turn, and waits for it when the source has used up its minute.
     *
     * @param session in which it asks, for the record: another one is the same source
     * @param longest how long the caller can wait; zero: not at all. More than 30 s count as 30 s
     */
    Turn take(Source source, String session, Duration longest);

    /**
     * Tells what became of a turn: a deny, a control that was not met and a malformed request are
     * failures; a fault of ours is none.
     */
    void judged(Source source, String session, boolean failed);

    /**
     * Who asks, as the kernel says it and never the asker's own text.
     *
     * @param component the plugin that asks; empty for the user itself
     */
    record Source(String component, long uid) {
        /** A user, whatever session or door it is. */
        public static Source user(long uid) {
            return new Source("", uid);
        }
    }

    /** The answer. */
    sealed interface Turn {

        /** The source may ask. */
        record Granted() implements Turn {}

        /**
         * It may not.
         *
         * @param code {@link #RATE_LIMITED} or {@link #CIRCUIT_OPEN}
         * @param after how long until it makes sense to ask again
         */
        record Refused(String code, Duration after) implements Turn {
            /** For a person, lower case, no full stop. */
            public String text() {
                long seconds = Math.max(1, after.toSeconds());
                String wait = seconds < 120 ? seconds + " s" : (seconds + 59) / 60 + " min";
                return code.equals(CIRCUIT_OPEN)
                        ? "too many of your requests in a row were refused; it works again in "
                                + wait
                        : "too many requests of yours within a minute; it works again in " + wait;
            }
        }
    }
}
