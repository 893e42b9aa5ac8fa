package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads frames and the descriptors that come with them. Every byte is read by recvmsg(2): one byte
 * taken in another way would drop a descriptor silently. For use by one thread.
 *
 * <p>INVARIANT: each descriptor that the kernel put into our table is either in the frame that is
 * returned or closed, whatever went wrong. There is never more than one: there is room for one, and
 * none once it is taken or where none is wanted, so that the kernel drops the others and says so.
 */
final class FrameReader implements AutoCloseable {

    private static final int CHUNK = 16 * 1024;

    /**
     * CMSG_LEN of one descriptor: the kernel would fill the padding of CMSG_SPACE with a second.
     */
    private static final int CONTROL = 20;

    /* struct msghdr, struct iovec, control room, bytes: one block. */
    private static final int MESSAGE = 0;
    private static final int VECTOR = 56;
    private static final int ROOM = 72;
    private static final int BYTES = ROOM + 24;

    private final int socket;
    private final int room;
    private final Memory memory = new Memory(BYTES + CHUNK);
    private final Poll poll = new Poll(1);

    /** Whether something of a frame was read: then the rest of it has to come. */
    private boolean begun;

    FrameReader(int socket, boolean takesDescriptors) {
        this.socket = socket;
        this.room = takesDescriptors ? CONTROL : 0;
        memory.clear(BYTES);
        memory.setPointer(MESSAGE + 16, memory.share(VECTOR));
        memory.setLong(MESSAGE + 24, 1);
        memory.setPointer(MESSAGE + 32, memory.share(ROOM));
        memory.setPointer(VECTOR, memory.share(BYTES));
    }

    Frame receive(int maxBytes, Duration timeout) throws IOException {
        Deadline deadline = Deadline.in(timeout, "receiving a frame");
        List<Integer> passed = new ArrayList<>(1);
        boolean whole = false;
        begun = false;
        try {
            byte[] head = read(4, deadline, passed);
            long length =
                    Integer.toUnsignedLong(
                            (head[0] & 0xff) << 24
                                    | (head[1] & 0xff) << 16
                                    | (head[2] & 0xff) << 8
                                    | (head[3] & 0xff));
            if (length > maxBytes) {
                throw new IOException(
                        "a frame of " + length + " bytes: at most " + maxBytes + " are allowed");
            }
            byte[] payload = read((int) length, deadline, passed);
            whole = true;
            return new Frame(payload, passed.stream().findFirst().map(PassedDescriptor::new));
        } catch (Deadline.Passed e) {
            if (begun) {
                throw e;
            }
            throw new SocketTimeoutException(e.getMessage());
        } finally {
            if (!whole) {
                passed.forEach(Libc::close);
            }
        }
    }

    /** Room grows with what arrives, so that a length alone takes no memory. */
    private byte[] read(int length, Deadline deadline, List<Integer> passed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.min(length, CHUNK));
        while (bytes.size() < length) {
            int count = readSome(Math.min(CHUNK, length - bytes.size()), deadline, passed);
            bytes.writeBytes(memory.getByteArray(BYTES, count));
        }
        return bytes.toByteArray();
    }

    private int readSome(int length, Deadline deadline, List<Integer> passed) throws IOException {
        for (; ; ) {
            memory.setLong(VECTOR + 8, length);
            memory.setLong(MESSAGE + 40, passed.isEmpty() ? room : 0);
            memory.setInt(MESSAGE + 48, 0);
            long count = Libc.recvmsg(socket, memory, Libc.MSG_DONTWAIT | Libc.MSG_CMSG_CLOEXEC);
            int errno = count < 0 ? Native.getLastError() : 0;
            if (count >= 0) {
                collect(passed);
                refuseTruncation();
            }
            if (count > 0) {
                begun = true;
                return (int) count;
            }
            if (count == 0) {
                throw new EOFException("the peer is gone");
            }
            if (errno == Libc.EAGAIN) {
                poll.watch(0, socket, Libc.POLLIN).await(deadline.millisLeft());
            } else if (errno != Libc.EINTR) {
                throw new IOException("receiving: " + Libc.words(errno));
            }
        }
    }

    /** All descriptors of all control messages; what is in our table has to be closed by us. */
    private void collect(List<Integer> passed) {
        long end = Math.min(CONTROL, memory.getLong(MESSAGE + 40));
        for (long at = 0; at + 16 <= end; ) {
            long length = Math.min(memory.getLong(ROOM + at), end - at);
            if (length < 16) {
                return;
            }
            if (memory.getInt(ROOM + at + 8) == Libc.SOL_SOCKET
                    && memory.getInt(ROOM + at + 12) == Libc.SCM_RIGHTS) {
                for (long fd = at + 16; fd + 4 <= at + length; fd += 4) {
                    passed.add(memory.getInt(ROOM + fd));
                }
            }
            at += (length + 7) & ~7;
        }
    }

    private void refuseTruncation() throws IOException {
        if ((memory.getInt(MESSAGE + 48) & Libc.MSG_CTRUNC) != 0) {
            throw new IOException(
                    room == 0
                            ? "a descriptor was passed, and none is taken here"
                            : "more than one descriptor came with one frame");
        }
    }

    @Override
    public void close() {
        poll.close();
        memory.close();
    }
}
