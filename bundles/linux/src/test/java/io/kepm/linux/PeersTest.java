package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.linux.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeersTest {

    /** The last number that was given; the next process gets the one after it. */
    private static final Path NEXT = Path.of("/proc/sys/kernel/ns_last_pid");

    @TempDir Path folder;

    private final BlockingQueue<Peer> seen = new LinkedBlockingQueue<>();

    @Test
    void ab_35_root_of_another_mount_namespace_is_nobody() throws Exception {
        assumeTrue(Libc.geteuid() == 0, "a namespace of one's own needs root");
        try (SocketListener listener = listen()) {
            Process inside = start("/usr/bin/unshare", "-m", "--");
            Peer peer = seen.poll(60, TimeUnit.SECONDS);
            inside.destroyForcibly().waitFor();
            assertThat(peer).isNotNull();
            assertThat(peer.uid()).isEqualTo(Peers.NOBODY);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void a_peer_of_this_system_has_its_own_number() throws Exception {
        try (SocketListener listener = listen()) {
            Process outside = start();
            Peer peer = seen.poll(60, TimeUnit.SECONDS);
            outside.destroyForcibly().waitFor();
            assertThat(peer.uid()).isEqualTo(Integer.toUnsignedLong(Libc.geteuid()));
            assertThat((long) peer.pid()).isEqualTo(outside.pid());
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void ab_30_ab_31_a_peer_that_is_gone_is_nobody_we_know() throws Exception {
        int socket = listening();
        try {
            Process gone = start();
            int accepted = Libc.accept4(socket, null, null, Libc.CLOEXEC);
            assertThat(Peers.lives(accepted)).isTrue();
            gone.destroyForcibly().waitFor();
            assertThat(Peers.lives(accepted)).isFalse();
            assertThatThrownBy(() -> new Peers().of(accepted)).isInstanceOf(IOException.class);
            Libc.close(accepted);
        } finally {
            Libc.close(socket);
        }
    }

    /** Its number may be another process's by then, of somebody who logged in himself. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ab_30_ab_31_the_login_is_that_of_the_process_that_connected_or_not_known(boolean newKernel)
            throws Exception {
        Peers peers = new Peers(newKernel);
        int socket = listening();
        try {
            Process peer = start();
            int accepted = Libc.accept4(socket, null, null, Libc.CLOEXEC);
            assertThat(peers.loginOf(accepted)).isEqualTo(Origins.login((int) peer.pid()));
            assertThat(peers.of(accepted).pid()).isEqualTo((int) peer.pid());
            peer.destroyForcibly().waitFor();
            assertThatThrownBy(() -> peers.loginOf(accepted)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> peers.of(accepted)).isInstanceOf(IOException.class);
            Libc.close(accepted);
        } finally {
            Libc.close(socket);
        }
    }

    /**
     * Members: the same user's socket, on a kernel that knows its peers and on one that does not.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ab_30_what_is_said_of_a_number_that_another_user_has_by_now_is_not_believed(
            boolean newKernel) throws Exception {
        assumeTrue(Libc.geteuid() == 0 && Files.exists(NEXT), "numbers are given by root");
        Peers peers = new Peers(newKernel);
        int socket = listening();
        try {
            Process peer = start();
            int accepted = Libc.accept4(socket, null, null, Libc.CLOEXEC);
            peer.destroyForcibly().waitFor();
            Process other = another(peer.pid());
            try {
                assertThatThrownBy(() -> peers.loginOf(accepted)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> peers.of(accepted)).isInstanceOf(IOException.class);
            } finally {
                other.destroyForcibly().waitFor();
            }
            Libc.close(accepted);
        } finally {
            Libc.close(socket);
        }
    }

    /** A process of another user that has this number. */
    private static Process another(long pid) throws Exception {
        for (int i = 0; i < 50; i++) {
            Files.writeString(NEXT, Long.toString(pid - 1));
            Process made =
                    new ProcessBuilder(
                                    "/usr/bin/setpriv",
                                    "--reuid=61234",
                                    "--regid=61234",
                                    "--clear-groups",
                                    "/bin/sh",
                                    "-c",
                                    "echo there; exec sleep 60")
                            .start();
            if (made.pid() == pid) {
                assertThat(made.getInputStream().read()).isEqualTo('t');
                return made;
            }
            made.destroyForcibly().waitFor();
        }
        return assumptionFailed();
    }

    private static Process assumptionFailed() {
        assumeTrue(false, "somebody else was always faster");
        throw new AssertionError();
    }

    private int listening() {
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0);
        byte[] address = SocketAddress.of(path());
        assertThat(Libc.bind(socket, address, address.length)).isZero();
        assertThat(Libc.listen(socket, 5)).isZero();
        return socket;
    }

    private SocketListener listen() throws IOException {
        return new SocketListener(
                        folder.resolve("s"), 0600, 2, c -> seen.add(c.peer()), new Peers())
                .start();
    }

    private String path() {
        return folder.resolve("s").toString();
    }

    /** Another JVM that connects and stays until it is ended. */
    private Process start(String... before) throws IOException {
        List<String> argv = new ArrayList<>(List.of(before));
        argv.add(System.getProperty("java.home") + "/bin/java");
        argv.add("-cp");
        argv.add(System.getProperty("java.class.path"));
        argv.add(Caller.class.getName());
        argv.add(path());
        return new ProcessBuilder(argv).inheritIO().start();
    }
}
