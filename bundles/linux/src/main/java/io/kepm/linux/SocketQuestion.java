package io.kepm.linux;

import io.kepm.api.linux.SocketOwners.Owner;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * One exact look-up of sock_diag(7) in bytes: {@code struct nlmsghdr}, {@code struct
 * inet_diag_req_v2}, and what comes back. Numbers are the machine's but ports and addresses, which
 * are the network's.
 */
final class SocketQuestion {

    static final int LENGTH = 72;

    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short NLMSG_ERROR = 2;
    private static final short NLM_F_REQUEST = 1;
    private static final byte IPPROTO_TCP = 6;
    private static final int HEADER = 16;
    private static final int UID = HEADER + 64;
    private static final int INODE = HEADER + 68;

    private SocketQuestion() {}

    /** Both ends have to be of one family; addresses that hold one of IPv4 count as that. */
    static byte[] of(InetSocketAddress local, InetSocketAddress remote) throws IOException {
        InetAddress from = local.getAddress();
        InetAddress to = remote.getAddress();
        if (from == null || to == null || !from.getClass().equals(to.getClass())) {
            throw new IOException("not the two ends of one connection: " + local + ", " + remote);
        }
        ByteBuffer out = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
        out.putInt(LENGTH)
                .putShort(SOCK_DIAG_BY_FAMILY)
                .putShort(NLM_F_REQUEST)
                .putInt(1)
                .putInt(0);
        out.put((byte) (from instanceof Inet4Address ? Libc.AF_INET : Libc.AF_INET6));
        out.put(IPPROTO_TCP).putShort((short) 0).putInt(-1);
        out.order(ByteOrder.BIG_ENDIAN);
        out.putShort((short) local.getPort()).putShort((short) remote.getPort());
        out.put(padded(from)).put(padded(to));
        // Any interface; any cookie.
        out.putInt(0).putInt(-1).putInt(-1);
        return out.array();
    }

    /** The owner in an answer; empty when the kernel knows no such connection, or nobody's. */
    static Optional<Owner> owner(byte[] bytes, int length) throws IOException {
        if (length < HEADER + 4) {
            throw new IOException("sock_diag: an answer of " + length + " bytes");
        }
        ByteBuffer answer = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.nativeOrder());
        short type = answer.getShort(4);
        if (type == NLMSG_ERROR) {
            int errno = -answer.getInt(HEADER);
            if (errno == Libc.ENOENT) {
                return Optional.empty();
            }
            throw new IOException("sock_diag: " + Libc.words(errno));
        }
        if (type != SOCK_DIAG_BY_FAMILY || length < INODE + 4) {
            throw new IOException("sock_diag: an answer of type " + type);
        }
        long inode = Integer.toUnsignedLong(answer.getInt(INODE));
        // INVARIANT: a connection whose socket is closed has neither, and its uid 0 is not root's.
        return inode == 0
                ? Optional.empty()
                : Optional.of(new Owner(Integer.toUnsignedLong(answer.getInt(UID)), inode));
    }

    private static byte[] padded(InetAddress address) {
        byte[] bytes = new byte[16];
        byte[] own = address.getAddress();
        System.arraycopy(own, 0, bytes, 0, own.length);
        return bytes;
    }
}
