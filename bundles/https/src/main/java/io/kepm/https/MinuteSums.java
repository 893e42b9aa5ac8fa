package io.kepm.https;

/** What goes on record as a sum when its minute is over. Safe for use by many threads. */
interface MinuteSums {

    /** Puts on record what is over; to be called now and then, by a thread that may wait. */
    void sweep();

    /** Puts the rest on record, at the end. */
    void end();
}
