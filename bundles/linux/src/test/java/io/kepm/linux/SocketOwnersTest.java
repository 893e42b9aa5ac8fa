package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.linux.SocketOwners;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketOwnersTest {

    private final SocketOwners owners = new SocketOwnersComponent();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void a_connection_has_its_owner_and_its_inode(String host) throws Exception {
        InetAddress loopback = InetAddress.getByName(host);
        assumeTrue(isUp(loopback), "no " + host);
        try (ServerSocket door = new ServerSocket(0, 5, loopback);
                Socket client = new Socket(loopback, door.getLocalPort());
                Socket served = door.accept()) {
            SocketOwners.Owner owner = owners.ownerOf(local(client), remote(client)).orElseThrow();
            assertThat(owner.uid()).isEqualTo(Integer.toUnsignedLong(Libc.geteuid()));
            assertThat(inodes()).contains("socket:[" + owner.inode() + "]");
            assertThat(owners.isOurs(owner)).isTrue();
            SocketOwners.Owner ours = owners.ownerOf(local(served), remote(served)).orElseThrow();
            assertThat(ours.inode()).isNotEqualTo(owner.inode());
        }
    }

    @Test
    void ab_32_the_owner_is_that_of_the_asked_end_alone() throws Exception {
        assumeTrue(Libc.geteuid() == 0, "a client of another user needs root");
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (ServerSocket door = new ServerSocket(0, 5, loopback)) {
            Process client =
                    new ProcessBuilder(
                                    "/usr/bin/setpriv",
                                    "--reuid=61234",
                                    "--regid=61234",
                                    "--clear-groups",
                                    "/usr/bin/python3",
                                    "-c",
                                    "import socket,sys; s=socket.create_connection(('127.0.0.1',"
                                            + door.getLocalPort()
                                            + ")); sys.stdin.read()")
                            .start();
            try (Socket served = door.accept()) {
                SocketOwners.Owner his =
                        owners.ownerOf(remote(served), local(served)).orElseThrow();
                assertThat(his.uid()).isEqualTo(61_234);
                assertThat(owners.isOurs(his)).isFalse();
                assertThat(owners.ownerOf(local(served), remote(served)).orElseThrow().uid())
                        .isZero();
            } finally {
                client.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void a_client_that_speaks_ipv4_by_an_ipv6_socket_is_found() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "no IPv6");
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (ServerSocket door = new ServerSocket(0, 5, loopback)) {
            Process client =
                    new ProcessBuilder(
                                    "/usr/bin/python3",
                                    "-c",
                                    "import socket,sys; s=socket.socket(socket.AF_INET6);"
                                            + " s.connect(('::ffff:127.0.0.1',"
                                            + door.getLocalPort()
                                            + ")); sys.stdin.read()")
                            .start();
            try (Socket served = door.accept()) {
                assertThat(owners.ownerOf(remote(served), local(served))).isPresent();
            } finally {
                client.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void ab_31_a_connection_that_was_closed_has_no_owner_and_least_of_all_root() throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (ServerSocket door = new ServerSocket(0, 5, loopback)) {
            InetSocketAddress from;
            InetSocketAddress to;
            Socket client = new Socket(loopback, door.getLocalPort());
            from = local(client);
            to = remote(client);
            try (Socket served = door.accept()) {
                assertThat(owners.ownerOf(from, to)).isPresent();
                client.close();
                // Half closed: the kernel still has it, with uid 0 and no socket behind it.
                assertThat(owners.ownerOf(from, to)).isEmpty();
                assertThat(served.isClosed()).isFalse();
            }
            assertThat(owners.ownerOf(from, to)).isEmpty();
        }
    }

    @Test
    void what_was_never_connected_has_no_owner() throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        assertThat(
                        owners.ownerOf(
                                new InetSocketAddress(loopback, 1),
                                new InetSocketAddress(loopback, 2)))
                .isEmpty();
    }

    @Test
    void ends_of_two_families_are_no_connection() throws Exception {
        InetSocketAddress four = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 1);
        InetSocketAddress six = new InetSocketAddress(InetAddress.getByName("::1"), 1);
        assertThatThrownBy(() -> owners.ownerOf(four, six)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> owners.ownerOf(InetSocketAddress.createUnresolved("x", 1), four))
                .isInstanceOf(IOException.class);
    }

    @Test
    void answers_that_are_none_are_faults() {
        for (int length = 0; length < 88; length++) {
            byte[] bytes = new byte[length];
            if (length >= 6) {
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putShort(4, (short) 20);
            }
            int size = length;
            assertThatThrownBy(() -> SocketQuestion.owner(bytes, size))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_socket_without_an_inode_is_nobodys() throws Exception {
        byte[] bytes = new byte[100];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putShort(4, (short) 20);
        assertThat(SocketQuestion.owner(bytes, 100)).isEmpty();
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(80, 7).putInt(84, 9);
        assertThat(SocketQuestion.owner(bytes, 100))
                .isEqualTo(Optional.of(new SocketOwners.Owner(7, 9)));
    }

    private static InetSocketAddress local(Socket socket) {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private static InetSocketAddress remote(Socket socket) {
        return (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    private static boolean isUp(InetAddress address) {
        try (ServerSocket socket = new ServerSocket(0, 1, address)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static java.util.List<String> inodes() throws IOException {
        try (var numbers = Files.list(Path.of("/proc/self/fd"))) {
            return numbers.map(SocketOwnersTest::target).toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
