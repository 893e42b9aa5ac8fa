package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Peer;
import java.io.IOException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who connected, by the kernel's word. The numeric uid is the authority; the pid is for records.
 *
 * <p>What {@code /proc} says of a peer is read while its process is held by a descriptor. A kernel
 * before 6.5 gives none of who connected: there the one who has its number when it is looked at is
 * held, and has to be of the same user (or root's, as programs that may not be looked into are).
 *
 * <p>A peer whose user or mount namespace is neither that of PID 1 nor ours is {@link #NOBODY}: its
 * root is not this system's root. A peer that ended before that could be read is an error: the
 * unknown is nobody, least of all root.
 */
final class Peers {

    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    /** The uid by which the kernel itself names those whom it can't map. */
    static final long NOBODY = 65534;

    private final Set<String> ourUsers = namespaces("user");
    private final Set<String> ourMounts = namespaces("mnt");
    private final boolean knowsPeers;

    Peers() {
        this(true);
    }

    /**
     * @param knowsPeers false for a kernel before 6.5
     */
    Peers(boolean knowsPeers) {
        this.knowsPeers = knowsPeers;
    }

    Peer of(int socket) throws IOException {
        int[] credentials = credentials(socket);
        int pid = credentials[0];
        if (pid <= 0) {
            // The peer is in no process namespace that we can see.
            return new Peer(0, NOBODY, NOBODY);
        }
        return isOfThisSystem(socket, credentials)
                ? new Peer(
                        pid,
                        Integer.toUnsignedLong(credentials[1]),
                        Integer.toUnsignedLong(credentials[2]))
                : new Peer(pid, NOBODY, NOBODY);
    }

    private static int[] credentials(int socket) throws IOException {
        int[] credentials = {0, -1, -1};
        if (Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, new int[] {12})
                != 0) {
            throw new IOException("peer credentials: " + Libc.words(Native.getLastError()));
        }
        return credentials;
    }

    /**
     * The same for a channel of the JDK, whose number is behind an interface that is public but not
     * exported.
     */
    Peer of(SocketChannel channel) throws IOException {
        Peer peer = of(numberOf(channel));
        checkOpen(channel);
        return peer;
    }

    /** Where the peer of a channel comes from. */
    Origin originOf(SocketChannel channel) throws IOException {
        int number = numberOf(channel);
        int[] credentials = credentials(number);
        int pidfd = held(number, credentials);
        try {
            Origin origin = Origins.of(credentials[0]);
            checkAlive(pidfd, credentials[0]);
            checkOpen(channel);
            return origin;
        } finally {
            Libc.close(pidfd);
        }
    }

    /** Who had logged in where the peer of a channel runs. */
    OptionalLong loginOf(SocketChannel channel) throws IOException {
        OptionalLong login = loginOf(numberOf(channel));
        checkOpen(channel);
        return login;
    }

    OptionalLong loginOf(int socket) throws IOException {
        int[] credentials = credentials(socket);
        int pidfd = held(socket, credentials);
        try {
            // Nothing else of it is read: a process can hold up whoever reads its `stat`.
            OptionalLong login = Origins.login(credentials[0]);
            checkAlive(pidfd, credentials[0]);
            return login;
        } finally {
            Libc.close(pidfd);
        }
    }

    /** INVARIANT: what /proc said was said of the peer only if the peer lives after it. */
    private static void checkAlive(int pidfd, int pid) throws IOException {
        if (hasEnded(pidfd)) {
            throw new IOException("the peer, process " + pid + ", has ended");
        }
    }

    /** The process that is looked at from now on, whoever gets its number. */
    private int held(int socket, int[] credentials) throws IOException {
        int own = knowsPeers ? pidfdOf(socket) : -1;
        return own >= 0 ? own : heldByNumber(credentials);
    }

    private static int heldByNumber(int[] credentials) throws IOException {
        int pid = credentials[0];
        int pidfd = (int) Libc.syscall(Libc.SYS_PIDFD_OPEN, pid, 0, 0, 0);
        if (pidfd < 0) {
            throw new IOException("the peer is gone: " + Libc.words(Native.getLastError()));
        }
        try {
            Object owner = Files.getAttribute(Path.of("/proc/" + pid), "unix:uid");
            if (!owner.equals(credentials[1]) && !owner.equals(0)) {
                throw new IOException("the number of the peer, " + pid + ", is another user's now");
            }
            return pidfd;
        } catch (IOException e) {
            Libc.close(pidfd);
            throw e;
        }
    }

    /**
     * For all that connect to it from now on; unix(7).
     *
     * @return false on a kernel before 6.16, which has no such way
     */
    static boolean refuseDescriptors(int listening) {
        return Libc.setsockopt(listening, Libc.SOL_SOCKET, Libc.SO_PASSRIGHTS, new int[] {0}, 4)
                == 0;
    }

    static int numberOf(NetworkChannel channel) throws IOException {
        try {
            Object found =
                    Class.forName("sun.nio.ch.SelChImpl", true, null)
                            .getMethod("getFDVal")
                            .invoke(channel);
            return (Integer) found;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new IOException(
                    "the channel does not show its descriptor: the JVM needs"
                            + " --add-exports java.base/sun.nio.ch=ALL-UNNAMED",
                    e);
        }
    }

    /** Closed meanwhile, its number may have been somebody else's already. */
    private static void checkOpen(SocketChannel channel) throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("the channel was closed");
        }
    }

    private boolean isOfThisSystem(int socket, int[] credentials) throws IOException {
        int pid = credentials[0];
        int pidfd = held(socket, credentials);
        try {
            boolean ours =
                    ourUsers.contains(namespace(pid, "user"))
                            && ourMounts.contains(namespace(pid, "mnt"));
            checkAlive(pidfd, pid);
            return ours;
        } finally {
            Libc.close(pidfd);
        }
    }

    /** Whether the process that connected runs still, whoever has its number by now. */
    static boolean lives(int socket) {
        try {
            int pidfd = pidfdOf(socket);
            if (pidfd < 0) {
                return false;
            }
            try {
                return !hasEnded(pidfd);
            } finally {
                Libc.close(pidfd);
            }
        } catch (IOException e) {
            LOG.debug("a peer that can't be looked at", e);
            return false;
        }
    }

    /** The peer's own process, not whoever has its number now; -1 on a kernel before 6.5. */
    private static int pidfdOf(int socket) throws IOException {
        int[] pidfd = {-1};
        if (Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_PEERPIDFD, pidfd, new int[] {4})
                != 0) {
            int errno = Native.getLastError();
            if (errno == Libc.ENOPROTOOPT) {
                return -1;
            }
            throw new IOException("the peer is gone: " + Libc.words(errno));
        }
        return pidfd[0];
    }

    private static boolean hasEnded(int pidfd) throws IOException {
        try (Poll poll = new Poll(1)) {
            return poll.watch(0, pidfd, Libc.POLLIN).await(0);
        }
    }

    private static String namespace(int pid, String kind) throws IOException {
        return PathWalk.readLink("/proc/" + pid + "/ns/" + kind);
    }

    private static Set<String> namespaces(String kind) {
        Set<String> names = new HashSet<>();
        for (String process : new String[] {"1", "self"}) {
            try {
                names.add(PathWalk.readLink("/proc/" + process + "/ns/" + kind));
            } catch (IOException e) {
                // Without the right to look at PID 1, our own namespace is the only known one.
                LOG.debug("namespace of process {}", process, e);
            }
        }
        return Set.copyOf(names);
    }
}
