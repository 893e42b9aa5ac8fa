package io.kepm.plugins;

import java.util.Optional;

/**
 * What of a plugin runs: a bundle or a process. Not for use by two threads, but for {@link #fault}.
 */
interface Body {

    /**
     * Starts it; may hang, so that whoever calls has a deadline.
     *
     * @throws StartFailed when it did not start; nothing of it runs then
     */
    void start() throws StartFailed;

    /** What it waits for: why it may not run now, by no fault of its own. Never waits long. */
    default Optional<String> awaits() {
        return Optional.empty();
    }

    /** Ends it, whatever state it is in; may hang too. What it left behind, or empty. */
    String stop();

    /** Why it no longer runs; empty while it does. Never waits. */
    Optional<String> fault();

    /** Why it says that it is not well; empty while it is. May hang. */
    default Optional<String> complaint() {
        return Optional.empty();
    }

    /** What it said of itself when it was last asked for complaints; empty when nothing. */
    default String detail() {
        return "";
    }

    /** Of a process; 0 otherwise. */
    default int processId() {
        return 0;
    }

    /** Of a bundle; -1 otherwise. */
    default long bundleId() {
        return -1;
    }

    /** Who signed what runs; empty before it does. */
    String signer();

    /** It did not start. */
    final class StartFailed extends Exception {
        StartFailed(String message) {
            super(message);
        }
    }
}
