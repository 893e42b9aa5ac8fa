package io.kepm.sudo;

import io.kepm.api.elevation.LaunchRequest;

/** What the plugin wants. */
sealed interface Question {

    /**
     * May this run?
     *
     * @param stays the connection is kept by the plugin until it has told how the command ended
     */
    record Check(LaunchRequest request, boolean stays) implements Question {}

    /** Root's own sudo: it runs, and is to be put on record. */
    record Note(LaunchRequest request) implements Question {}

    /**
     * The command of a grant has ended.
     *
     * @param how {@code exit}, {@code signal}, {@code error}, {@code unknown}, or {@code inside}
     */
    record Close(String grant, String how, int status, long durationMillis) implements Question {

        /** Of a command inside another one's grant: sudo never says how it ended. */
        static Close inside(String grant) {
            return new Close(grant, "inside", 0, 0);
        }

        /** Of a sudo that is gone without having said anything. */
        static Close unheard(String grant) {
            return new Close(grant, "unknown", 0, 0);
        }
    }
}
