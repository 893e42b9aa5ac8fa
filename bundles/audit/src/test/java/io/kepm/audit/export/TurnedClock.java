package io.kepm.audit.export;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that only a test turns. */
final class TurnedClock implements InstantSource {

    private Instant now = FakeStore.NOW;

    @Override
    public Instant instant() {
        return now;
    }

    void turn(Duration by) {
        now = now.plus(by);
    }

    Clocks both() {
        return new Clocks(this, this);
    }
}
