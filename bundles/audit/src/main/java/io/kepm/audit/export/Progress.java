package io.kepm.audit.export;

import java.time.Duration;
import java.time.Instant;

/**
 * How far an export is. {@code sent} is what left last; {@code sure} is what surely arrived: where
 * a protocol knows no answer, that is what left a while before a moment at which the connection
 * still stood. After a failure everything that is not sure is sent again. Written by one thread;
 * the places may be read by any.
 */
final class Progress {

    /** How long a connection has to outlive what was sent over it. */
    static final Duration SETTLING = Duration.ofSeconds(1);

    private final boolean acknowledged;
    private volatile long sent;
    private volatile long sure;
    private long settling;
    private Instant since = Instant.EPOCH;

    /**
     * @param start the last record that surely arrived; 0 for none
     * @param acknowledged whether what left has arrived
     */
    Progress(long start, boolean acknowledged) {
        this.acknowledged = acknowledged;
        this.sent = start;
        this.sure = start;
        this.settling = start;
    }

    long sent() {
        return sent;
    }

    long sure() {
        return sure;
    }

    void sent(long seq, Instant now) {
        sent = seq;
        if (acknowledged) {
            sure = seq;
        } else if (settling == sure) {
            settling = seq;
            since = now;
        }
    }

    /** The connection stands. */
    void stands(Instant now) {
        if (settling > sure && !now.isBefore(since.plus(SETTLING))) {
            sure = settling;
            settling = sent;
            since = now;
        }
    }

    /** The connection broke. */
    void broke() {
        sent = sure;
        settling = sure;
    }
}
