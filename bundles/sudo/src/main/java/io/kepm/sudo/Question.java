package io.kepm.sudo;

import io.kepm.api.elevation.LaunchRequest;

/** What the plugin wants. */
sealed interface Question {

    /** May this run? */
    record Check(LaunchRequest request) implements Question {}

    /** Root's own sudo: it runs, and is to be put on record. */
    record Note(LaunchRequest request) implements Question {}

    /**
     * The command of a grant has ended.
     *
     * @param how {@code exit}, {@code signal}, or {@code error}
     */
    record Close(String grant, String how, int status, long durationMillis) implements Question {}
}
