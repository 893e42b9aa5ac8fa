package io.kepm.api.elevation;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** How the launch decision speaks with the person who asked; each door has its own. */
@ConsumerType
public interface Conversation {

    /**
     * Asks and waits.
     *
     * @param id what is asked for, such as {@code justification}
     * @return the answer; empty when the person cancelled, nobody can be asked, or time ran out
     */
    Optional<String> ask(String id, String text, boolean echo);

    /** Shows a line and goes on. */
    void tell(String text);

    /**
     * Names the request that is waited for from here on, so that who loses the connection can come
     * back to it.
     */
    default void about(String requestId) {}

    /** Whether the person still waits at the other end; a door that can't tell says yes. */
    default boolean isThere() {
        return true;
    }

    /** Tells that so many nanoseconds were spent waiting for somebody else. */
    default void waited(long nanos) {}

    /** How long the person was waited for so far, in nanoseconds; 0 where nobody measures it. */
    default long waitedNanos() {
        return 0;
    }
}
