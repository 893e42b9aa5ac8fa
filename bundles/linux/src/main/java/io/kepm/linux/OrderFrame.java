package io.kepm.linux;

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
 * An order as the supervisor reads it: one frame, and at its first byte the program and the socket
 * on which it is passed folder and streams.
 */
final class OrderFrame {

    private static final Duration SEND_TIME = Duration.ofSeconds(10);

    private static final int HEAD = 4;

    private OrderFrame() {}

    /**
     * @param streams where the supervisor is passed folder and streams, and where it records
     */
    static void send(int socket, Order order, int... streams) throws IOException {
        byte[] payload = payload(order);
        byte[] head = ByteBuffer.allocate(HEAD).putInt(payload.length).array();
        int[] passed = new int[streams.length + 1];
        passed[0] = order.program().number();
        System.arraycopy(streams, 0, passed, 1, streams.length);
        // The socket is new: there is room for four bytes.
        if (Rights.send(socket, head, passed) != HEAD) {
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
        field(out, "record", order.recorder().isPresent() ? "1" : "0");
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
}
