package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.kepm.api.linux.TransientUnits.Order;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * An order as the supervisor reads it: one frame, and at its first byte the program and the
 * connection of whoever asked for it.
 */
final class OrderFrame {

    private static final Duration SEND_TIME = Duration.ofSeconds(10);

    /* struct msghdr, struct iovec, control room, bytes: one block. */
    private static final int VECTOR = 56;
    private static final int ROOM = 72;
    private static final int HEAD = 4;

    private OrderFrame() {}

    static void send(int socket, Order order) throws IOException {
        byte[] payload = payload(order);
        byte[] head = ByteBuffer.allocate(HEAD).putInt(payload.length).array();
        if (!(order.caller().connection() instanceof SocketConnection client)) {
            throw new IOException("whoever asked for it has no socket");
        }
        // The socket is new: there is room for four bytes.
        if (sendWith(socket, head, order.program().number(), client.number()) != HEAD) {
            throw new IOException("the order: " + Libc.words(Native.getLastError()));
        }
        Deadline deadline = Deadline.in(SEND_TIME, "sending an order");
        try (Poll poll = new Poll(1)) {
            for (int at = 0; at < payload.length; ) {
                byte[] rest =
                        java.util.Arrays.copyOfRange(
                                payload, at, Math.min(payload.length, at + (1 << 16)));
                long count =
                        Libc.send(socket, rest, rest.length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
                int errno = count < 0 ? Native.getLastError() : 0;
                if (count > 0) {
                    at += (int) count;
                } else if (errno == Libc.EAGAIN) {
                    poll.watch(0, socket, Libc.POLLOUT).await(deadline.millisLeft());
                } else if (errno != Libc.EINTR) {
                    throw new IOException("the order: " + Libc.words(errno));
                }
            }
        }
    }

    static byte[] payload(Order order) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        field(out, "v", "1");
        field(out, "op", "order");
        field(out, "uid", Long.toString(order.user().uid()));
        field(out, "gid", Long.toString(order.user().gid()));
        for (long group : order.user().groups()) {
            field(out, "group", Long.toString(group));
        }
        OptionalLong login = order.login();
        field(out, "login", login.isPresent() ? Long.toString(login.getAsLong()) : "none");
        field(out, "no_exec", order.noExec() ? "1" : "0");
        field(out, "background", order.background() ? "1" : "0");
        field(out, "caller", Long.toString(order.caller().uid()));
        field(out, "client", Integer.toString(order.caller().pid()));
        field(out, "folder", order.caller().folder());
        fields(out, "argv", order.argv());
        fields(out, "env", order.environment());
        return out.toByteArray();
    }

    private static void fields(ByteArrayOutputStream out, String key, List<String> values)
            throws IOException {
        for (String value : values) {
            field(out, key, value);
        }
    }

    private static void field(ByteArrayOutputStream out, String key, String value)
            throws IOException {
        if (value.indexOf('\0') >= 0) {
            throw new IOException("`" + key + "` holds a NUL");
        }
        out.writeBytes((key + "=" + value).getBytes(StandardCharsets.UTF_8));
        out.write(0);
    }

    private static long sendWith(int socket, byte[] bytes, int... descriptors) {
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
