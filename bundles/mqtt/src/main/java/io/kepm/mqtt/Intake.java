package io.kepm.mqtt;

/** Looks at what clients publish before anybody gets it. On the broker's thread: never blocks. */
interface Intake {

    Outcome take(Session from, Message message);

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
