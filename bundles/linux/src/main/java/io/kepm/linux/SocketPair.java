package io.kepm.linux;

import com.sun.jna.Native;
import java.io.IOException;

/** Two sockets that are connected, both ours until they are closed here. For one thread. */
final class SocketPair implements AutoCloseable {

    private final int[] ends = {-1, -1};

    /**
     * @param type {@link Libc#SOCK_STREAM} or {@link Libc#SOCK_SEQPACKET}, with flags
     */
    SocketPair(int type) throws IOException {
        if (Libc.socketpair(Libc.AF_UNIX, type | Libc.CLOEXEC, 0, ends) != 0) {
            throw new IOException("no socket: " + Libc.words(Native.getLastError()));
        }
    }

    int first() {
        return ends[0];
    }

    int second() {
        return ends[1];
    }

    void closeFirst() {
        close(0);
    }

    void closeSecond() {
        close(1);
    }

    /** The first is somebody else's to close from now on. */
    int takeFirst() {
        int first = ends[0];
        ends[0] = -1;
        return first;
    }

    @Override
    public void close() {
        close(0);
        close(1);
    }

    private void close(int which) {
        if (ends[which] >= 0) {
            Libc.close(ends[which]);
            ends[which] = -1;
        }
    }
}
