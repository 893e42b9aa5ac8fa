package io.kepm.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The last of what a process writes. Safe for use by two threads. */
final class Tail {

    /** Bytes that are kept. */
    static final int KEPT = 64 << 10;

    private final byte[] ring = new byte[KEPT];
    private long count;

    /** Reads to the end, however much comes. */
    void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
            add(buffer, got);
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; ) {
            int at = (int) (count % KEPT);
            int part = Math.min(length - i, KEPT - at);
            System.arraycopy(bytes, i, ring, at, part);
            i += part;
            count += part;
        }
    }

    /** How much came in all. */
    synchronized long count() {
        return count;
    }

    synchronized String text() {
        int length = (int) Math.min(count, KEPT);
        int start = count > KEPT ? (int) (count % KEPT) : 0;
        byte[] all = new byte[length];
        System.arraycopy(ring, start, all, 0, length - Math.min(start, length));
        if (start > 0) {
            System.arraycopy(ring, 0, all, length - start, start);
        }
        return new String(all, StandardCharsets.UTF_8);
    }
}
