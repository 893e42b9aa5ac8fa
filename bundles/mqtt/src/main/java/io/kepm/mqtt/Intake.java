package io.kepm.mqtt;

import io.kepm.api.trust.Launches;

/**
 * Looks at what components publish before anybody gets it. Safe for use by many threads, one of
 * them the broker's: never blocks.
 */
interface Intake {

    Outcome take(Launches.Verdict.Known from, Message message);

    /**
     * What becomes of a message.
     *
     * @param onward whether subscribers get it
     * @param fault why it is dropped; empty when it is not
     */
    record Outcome(boolean onward, String fault) {
        static final Outcome ONWARD = new Outcome(true, "");
        static final Outcome TAKEN = new Outcome(false, "");

        static Outcome dropped(String fault) {
            return new Outcome(false, fault);
        }
    }
}
