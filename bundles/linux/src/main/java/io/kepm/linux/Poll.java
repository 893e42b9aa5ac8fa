package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;

/** Waits until one of a few descriptors is ready; for use by one thread. */
final class Poll implements AutoCloseable {

    private static final long ENTRY = 8;

    private final int count;
    private final Memory entries;

    Poll(int count) {
        this.count = count;
        this.entries = new Memory(count * ENTRY);
    }

    Poll watch(int index, int descriptor, short events) {
        entries.setInt(index * ENTRY, descriptor);
        entries.setShort(index * ENTRY + 4, events);
        entries.setShort(index * ENTRY + 6, (short) 0);
        return this;
    }

    /**
     * Waits.
     *
     * @param timeoutMillis negative: without end
     * @return false when the time passed
     */
    boolean await(int timeoutMillis) throws IOException {
        int ready = Libc.poll(entries, count, timeoutMillis);
        if (ready < 0) {
            int errno = Native.getLastError();
            if (errno != Libc.EINTR) {
                throw new IOException("poll: " + Libc.words(errno));
            }
        }
        return ready > 0;
    }

    /** Whether something happened to that one, an end or an error included. */
    boolean isReady(int index) {
        return entries.getShort(index * ENTRY + 6) != 0;
    }

    @Override
    public void close() {
        entries.close();
    }
}
