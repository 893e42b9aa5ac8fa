package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.linux.Peer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {

    @TempDir Path folder;

    private final BlockingQueue<Peer> seen = new LinkedBlockingQueue<>();

    @Test
    void ab_35_root_of_another_mount_namespace_is_nobody() throws Exception {
        assumeTrue(Libc.geteuid() == 0, "a namespace of one's own needs root");
        try (SocketListener listener = listen()) {
            Process inside = start("/usr/bin/unshare", "-m", "--");
            Peer peer = seen.poll(20, TimeUnit.SECONDS);
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
            Peer peer = seen.poll(20, TimeUnit.SECONDS);
            outside.destroyForcibly().waitFor();
            assertThat(peer.uid()).isEqualTo(Integer.toUnsignedLong(Libc.geteuid()));
            assertThat((long) peer.pid()).isEqualTo(outside.pid());
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void ab_30_ab_31_a_peer_that_is_gone_is_nobody_we_know() throws Exception {
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0);
        byte[] address = SocketAddress.of(path());
        assertThat(Libc.bind(socket, address, address.length)).isZero();
        assertThat(Libc.listen(socket, 5)).isZero();
        try {
            Process gone = start();
            int accepted = Libc.accept4(socket, null, null, Libc.CLOEXEC);
            assertThat(Peers.lives(accepted)).isTrue();
            gone.destroyForcibly().waitFor();
            assertThat(Peers.lives(accepted)).isFalse();
            assertThatThrownBy(() -> new Peers().of(accepted))
                    .isInstanceOf(java.io.IOException.class);
            Libc.close(accepted);
        } finally {
            Libc.close(socket);
        }
    }

    /** Its number may be another process's by then, of somebody who logged in himself. */
    @Test
    void ab_30_ab_31_the_login_is_that_of_the_process_that_connected_or_not_known()
            throws Exception {
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0);
        byte[] address = SocketAddress.of(path());
        assertThat(Libc.bind(socket, address, address.length)).isZero();
        assertThat(Libc.listen(socket, 5)).isZero();
        try {
            Process peer = start();
            int accepted = Libc.accept4(socket, null, null, Libc.CLOEXEC);
            assertThat(new Peers().loginOf(accepted)).isEqualTo(Origins.login((int) peer.pid()));
            peer.destroyForcibly().waitFor();
            assertThatThrownBy(() -> new Peers().loginOf(accepted))
                    .isInstanceOf(java.io.IOException.class);
            Libc.close(accepted);
        } finally {
            Libc.close(socket);
        }
    }

    private SocketListener listen() throws java.io.IOException {
        return new SocketListener(
                        folder.resolve("s"), 0600, 2, c -> seen.add(c.peer()), new Peers())
                .start();
    }

    private String path() {
        return folder.resolve("s").toString();
    }

    /** Another JVM that connects and stays until it is ended. */
    private Process start(String... before) throws java.io.IOException {
        List<String> argv = new ArrayList<>(List.of(before));
        argv.add(System.getProperty("java.home") + "/bin/java");
        argv.add("-cp");
        argv.add(System.getProperty("java.class.path"));
        argv.add(Caller.class.getName());
        argv.add(path());
        return new ProcessBuilder(argv).inheritIO().start();
    }
}
