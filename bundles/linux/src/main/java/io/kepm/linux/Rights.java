package io.kepm.linux;

import com.sun.jna.Memory;

/** Bytes with descriptors at the first of them; unix(7), {@code SCM_RIGHTS}. */
final class Rights {

    /* struct msghdr, struct iovec, control room, bytes: one block. */
    private static final int VECTOR = 56;
    private static final int ROOM = 72;

    private Rights() {}

    /** As sendmsg(2): how many bytes, or -1 with errno. */
    static long send(int socket, byte[] bytes, int... descriptors) {
        int control = (16 + 4 * descriptors.length + 7) & ~7;
        try (Memory memory = new Memory(ROOM + control + bytes.length)) {
            memory.clear();
            memory.setPointer(16, memory.share(VECTOR));
            memory.setLong(24, 1);
            memory.setPointer(32, memory.share(ROOM));
            memory.setLong(40, control);
            memory.setPointer(VECTOR, memory.share(ROOM + control));
            memory.setLong(VECTOR + 8, bytes.length);
            memory.setLong(ROOM, 16 + 4L * descriptors.length);
            memory.setInt(ROOM + 8, Libc.SOL_SOCKET);
            memory.setInt(ROOM + 12, Libc.SCM_RIGHTS);
            memory.write(ROOM + 16, descriptors, 0, descriptors.length);
            memory.write(ROOM + control, bytes, 0, bytes.length);
            return Libc.sendmsg(socket, memory, Libc.MSG_NOSIGNAL);
        }
    }
}
