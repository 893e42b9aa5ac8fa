package io.kepm.mqtt;

/**
 * What was handed to one client and is not yet written (QoS 0) or acknowledged. Not for use by two
 * threads, but the figures may be read by any.
 */
final class Load {

    private final Limits limits;
    private volatile int messages;
    private volatile long bytes;
    private long progress;

    Load(Limits limits) {
        this.limits = limits;
    }

    boolean fits(int size) {
        return messages < limits.outstanding() && bytes + size <= limits.outstandingBytes();
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
        return messages > 0 && nanos - progress > limits.stall().toNanos();
    }

    int messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }
}
