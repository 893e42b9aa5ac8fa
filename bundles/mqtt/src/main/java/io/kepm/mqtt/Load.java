package io.kepm.mqtt;

/**
 * What was handed to one client and is not yet written (QoS 0) or acknowledged. Not for use by two
 * threads, but the figures may be read by any.
 */
final class Load {

    private final Limits.Outstanding most;
    private volatile int messages;
    private volatile long bytes;
    private long progress;

    Load(Limits.Outstanding most) {
        this.most = most;
    }

    boolean fits(int size) {
        return messages < most.messages() && bytes + size <= most.bytes();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void add(int size, long nanos) {
        if (messages == 0) {
            progress = nanos;
        }
        messages++;
        bytes += size;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void remove(int size, long nanos) {
        messages--;
        bytes -= size;
        progress = nanos;
    }

    boolean isStalled(long nanos) {
        return messages > 0 && nanos - progress > most.stall().toNanos();
    }

    int messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }
}
