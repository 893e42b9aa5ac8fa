package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.SocketOwners;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the kernel for the owner of one connection: microseconds, and never a list of all. Safe for
 * use by many threads; each question has a socket of its own.
 */
@Component
public final class SocketOwnersComponent implements SocketOwners {

    private static final Logger LOG = LoggerFactory.getLogger(SocketOwnersComponent.class);
    private static final String OWN = "/proc/self/fd";
    private static final int ANSWER = 1024;
    private static final int UNTIL_ANSWERED_MILLIS = 1000;

    private final SubordinateUids subordinate = new SubordinateUids();

    @Activate
    public SocketOwnersComponent() {}

    @Override
    public Optional<Owner> ownerOf(InetSocketAddress local, InetSocketAddress remote)
            throws IOException {
        byte[] question = SocketQuestion.of(local, remote);
        int socket =
                Libc.socket(
                        Libc.AF_NETLINK, Libc.SOCK_DGRAM | Libc.CLOEXEC, Libc.NETLINK_SOCK_DIAG);
        if (socket < 0) {
            throw new IOException("netlink: " + Libc.words(Native.getLastError()));
        }
        try {
            // Without an address it goes to the kernel.
            if (Libc.send(socket, question, question.length, 0) != question.length) {
                throw new IOException("sock_diag: " + Libc.words(Native.getLastError()));
            }
            byte[] answer = new byte[ANSWER];
            return SocketQuestion.owner(answer, receive(socket, answer));
        } finally {
            Libc.close(socket);
        }
    }

    /** By the descriptors of this process, which nobody else can show. */
    @Override
    public boolean isOurs(Owner owner) {
        String wanted = "socket:[" + owner.inode() + "]";
        String[] numbers = new File(OWN).list();
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                if (PathWalk.readLink(OWN + "/" + number).equals(wanted)) {
                    return true;
                }
            } catch (IOException e) {
                LOG.trace("descriptor {} was closed meanwhile", number, e);
            }
        }
        return false;
    }

    @Override
    public long answersFor(long uid) {
        return subordinate.answersFor(uid);
    }

    private static int receive(int socket, byte[] answer) throws IOException {
        try (Poll poll = new Poll(1)) {
            if (!poll.watch(0, socket, Libc.POLLIN).await(UNTIL_ANSWERED_MILLIS)) {
                throw new IOException("sock_diag: no answer");
            }
        }
        long length = Libc.recv(socket, answer, answer.length, Libc.MSG_DONTWAIT);
        if (length < 0) {
            throw new IOException("sock_diag: " + Libc.words(Native.getLastError()));
        }
        return (int) length;
    }
}
