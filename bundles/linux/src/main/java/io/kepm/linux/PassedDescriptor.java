package io.kepm.linux;

import io.kepm.api.linux.UnixSockets.Descriptor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A descriptor that came over a socket; closing it twice closes it once. */
final class PassedDescriptor implements Descriptor {

    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    PassedDescriptor(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return number;
    }

    @Override
    public void close() {
        // The number belongs to somebody else once it is free.
        if (closed.compareAndSet(false, true)) {
            Libc.close(number);
        }
    }
}
