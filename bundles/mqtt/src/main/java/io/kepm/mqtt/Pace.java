package io.kepm.mqtt;

/**
 * How fast one client sends: a bucket of packets and one of bytes, each two seconds deep. Not for
 * use by two threads.
 */
final class Pace {

    private static final double DEPTH_SECONDS = 2;

    private final double packetsPerNano;
    private final double bytesPerNano;
    private final double packetsDeep;
    private final double bytesDeep;
    private double packets;
    private double bytes;
    private long last;

    Pace(Limits.Rate rate, long nanos) {
        packetsPerNano = rate.packets() / 1e9;
        bytesPerNano = rate.bytes() / 1e9;
        packetsDeep = rate.packets() * DEPTH_SECONDS;
        bytesDeep = rate.bytes() * DEPTH_SECONDS;
        packets = packetsDeep;
        bytes = bytesDeep;
        last = nanos;
    }

    /**
     * Counts one packet.
     *
     * @return nanoseconds that the client should not be read, 0 while it is within its pace
     */
    long take(int size, long nanos) {
        long passed = Math.max(0, nanos - last);
        last = nanos;
        packets = Math.min(packetsDeep, packets + passed * packetsPerNano) - 1;
        bytes = Math.min(bytesDeep, bytes + passed * bytesPerNano) - size;
        if (packets >= 0 && bytes >= 0) {
            return 0;
        }
        return (long) Math.max(-packets / packetsPerNano, -bytes / bytesPerNano) + 1;
    }
}
