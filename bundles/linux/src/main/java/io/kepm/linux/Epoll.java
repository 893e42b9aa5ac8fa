package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits for any of many descriptors (epoll(7)), at a cost that does not grow with their number.
 * Adding and removing is safe for many threads; one thread waits.
 */
final class Epoll implements AutoCloseable {

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int IN = 0x1;
    private static final int AT_ONCE = 64;

    /** On x86-64 alone the structure is packed (epoll_ctl(2), linux/eventpoll.h). */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final int DATA = PACKED ? 4 : 8;
    private static final int SIZE = DATA + 8;

    private final int number;
    private final Memory events = new Memory((long) AT_ONCE * SIZE);

    Epoll() throws IOException {
        number = Libc.epoll_create1(Libc.CLOEXEC);
        if (number < 0) {
            throw new IOException("epoll_create1: " + Libc.words(Native.getLastError()));
        }
    }

    /** From now on a descriptor with something to read, or without a peer, ends a wait. */
    void add(int descriptor) throws IOException {
        try (Memory event = new Memory(SIZE)) {
            event.setInt(0, IN);
            event.setLong(DATA, descriptor);
            if (Libc.epoll_ctl(number, ADD, descriptor, event) != 0) {
                throw new IOException("epoll_ctl: " + Libc.words(Native.getLastError()));
            }
        }
    }

    /** To be called before the descriptor is closed: a child may hold a copy of it. */
    void remove(int descriptor) {
        Libc.epoll_ctl(number, REMOVE, descriptor, null);
    }

    /** The descriptors that are ready; waits without end, and may return none. */
    List<Integer> await() throws IOException {
        int count = Libc.epoll_wait(number, events, AT_ONCE, -1);
        if (count < 0) {
            int errno = Native.getLastError();
            if (errno != Libc.EINTR) {
                throw new IOException("epoll_wait: " + Libc.words(errno));
            }
        }
        List<Integer> ready = new ArrayList<>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            ready.add((int) events.getLong((long) i * SIZE + DATA));
        }
        return ready;
    }

    @Override
    public void close() {
        Libc.close(number);
        events.close();
    }
}
