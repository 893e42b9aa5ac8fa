package io.kepm.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Frame;
import io.kepm.api.linux.UnixSockets.Handler;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketListenerTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final Peers peers = new Peers();

    @Test
    void a_frame_goes_there_and_back() throws Exception {
        try (SocketListener listener = listen(4, this::echo);
                SocketChannel channel = Client.channel(socket())) {
            byte[] large = new byte[300_000];
            new Random(1).nextBytes(large);
            Client.writeFrame(channel, large);
            assertThat(Client.readFrame(channel)).isEqualTo(large);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void the_socket_file_is_never_wider_than_asked() throws Exception {
        try (SocketListener listener = listen(1, this::echo)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-------");
            assertThat(listener).isNotNull();
        }
        assertThat(socket()).doesNotExist();
        try (SocketListener listener =
                new SocketListener(socket(), 0666, 1, this::echo, peers).start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-rw-rw-");
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void a_leftover_socket_is_replaced_and_nothing_else_is() throws Exception {
        int dead = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0);
        byte[] address = SocketAddress.of(socket());
        assertThat(Libc.bind(dead, address, address.length)).isZero();
        Libc.close(dead);
        try (SocketListener listener = listen(1, this::echo)) {
            assertThat(listener).isNotNull();
            assertThatThrownBy(() -> listen(1, this::echo)).hasMessageContaining("answers");
        }
        Files.writeString(socket(), "not a socket");
        assertThatThrownBy(() -> listen(1, this::echo)).hasMessageContaining("no socket of ours");
        assertThat(socket()).hasContent("not a socket");
    }

    @Test
    void ab_137_a_socket_planted_in_a_folder_of_others_is_refused() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> listen(1, this::echo)).hasMessageContaining("changed by others");
    }

    @Test
    void those_who_serve_everybody_go_before_nobody() throws Exception {
        for (int mode : new int[] {0600, 0666}) {
            BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
            Handler handler = connection -> seen.add(Thread.currentThread().getPriority());
            try (SocketListener listener =
                            new SocketListener(socket(), mode, 1, handler, peers).start();
                    SocketChannel channel = Client.channel(socket())) {
                assertThat(seen.poll(60, TimeUnit.SECONDS))
                        .isEqualTo(mode == 0600 ? Thread.MAX_PRIORITY : Thread.NORM_PRIORITY);
                assertThat(listener).isNotNull();
                assertThat(channel).isNotNull();
            }
        }
    }

    @Test
    void the_peer_is_named_by_number() throws Exception {
        BlockingQueue<Peer> seen = new LinkedBlockingQueue<>();
        try (SocketListener listener = listen(1, connection -> seen.add(connection.peer()));
                SocketChannel channel = Client.channel(socket())) {
            Peer peer = seen.poll(60, TimeUnit.SECONDS);
            assertThat(peer.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(peer.uid()).isEqualTo(Integer.toUnsignedLong(Libc.geteuid()));
            assertThat(peers.of(channel)).isEqualTo(peer);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void one_descriptor_is_received_and_two_or_sixty_are_refused() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "content");
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Handler handler =
                connection -> {
                    try {
                        Frame frame = connection.receive(100, SOON);
                        try (var descriptor = frame.descriptor().orElseThrow()) {
                            got.add(
                                    FileStatus.of(descriptor.number())
                                                    .isSameFile(
                                                            FileStatus.of(file.toString())
                                                                    .orElseThrow())
                                            ? "same"
                                            : "other");
                        }
                    } catch (IOException e) {
                        got.add(e.getMessage());
                    }
                };
        try (SocketListener listener = listen(4, handler);
                OpenFile open = open(file)) {
            for (int count : new int[] {1, 2, 60}) {
                try (Client client = new Client(socket())) {
                    int[] numbers = new int[count];
                    java.util.Arrays.fill(numbers, numberOf(open));
                    client.send(Client.frame(new byte[3]), numbers);
                    String expected = count == 1 ? "same" : "more than one descriptor";
                    assertThat(got.poll(60, TimeUnit.SECONDS)).contains(expected);
                }
            }
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void a_descriptor_with_the_last_byte_counts_and_one_with_each_half_does_not() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Handler handler =
                connection -> {
                    try {
                        Frame frame = connection.receive(100, SOON);
                        got.add(frame.descriptor().isPresent() ? "with" : "without");
                        frame.descriptor()
                                .ifPresent(io.kepm.api.linux.UnixSockets.Descriptor::close);
                    } catch (IOException e) {
                        got.add(e.getMessage());
                    }
                };
        Path file = Files.writeString(folder.resolve("f"), "content");
        try (SocketListener listener = listen(4, handler);
                OpenFile open = open(file)) {
            byte[] frame = Client.frame("ab".getBytes(UTF_8));
            byte[] first = java.util.Arrays.copyOf(frame, 5);
            byte[] last = {frame[5]};
            try (Client client = new Client(socket())) {
                client.send(first);
                client.send(last, numberOf(open));
                assertThat(got.poll(60, TimeUnit.SECONDS)).isEqualTo("with");
            }
            try (Client client = new Client(socket())) {
                client.send(first, numberOf(open));
                client.send(last, numberOf(open));
                assertThat(got.poll(60, TimeUnit.SECONDS)).contains("more than one descriptor");
            }
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void ab_137_a_second_descriptor_ends_a_frame_at_once_and_is_never_in_our_table()
            throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Handler handler =
                connection -> {
                    try {
                        connection.receive(1 << 18, Duration.ofMinutes(5));
                    } catch (IOException e) {
                        got.add(e.getMessage());
                    }
                };
        Path file = Files.writeString(folder.resolve("f"), "content");
        try (SocketListener listener = listen(1, handler);
                OpenFile open = open(file);
                Client client = new Client(socket())) {
            client.send(new byte[] {0, 4, 0, 0}, numberOf(open));
            Trials.await(() -> openOf(file) == 2);
            int[] twelve = new int[12];
            java.util.Arrays.fill(twelve, numberOf(open));
            client.send(new byte[1], twelve);
            // The frame lacks most of its bytes, and has minutes for them.
            assertThat(got.poll(60, TimeUnit.SECONDS)).contains("more than one descriptor");
            assertThat(openOf(file)).isLessThanOrEqualTo(2);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void ab_137_a_socket_of_everybodys_takes_no_descriptor() throws Exception {
        int[] pair = {-1, -1};
        assertThat(Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0, pair))
                .isZero();
        Path file = Files.writeString(folder.resolve("f"), "content");
        try (OpenFile open = open(file);
                FrameReader reader = new FrameReader(pair[0], false);
                Client client = new Client(pair[1])) {
            client.send(Client.frame(new byte[] {1}), numberOf(open));
            assertThatThrownBy(() -> reader.receive(100, SOON))
                    .hasMessageContaining("none is taken here");
            assertThat(openOf(file)).isEqualTo(1);
        }
        Libc.close(pair[0]);
        // On newer kernels not even the sender gets rid of it.
        try (SocketListener listener =
                        new SocketListener(socket(), 0666, 1, this::echo, peers).start();
                Client client = new Client(socket())) {
            long sent = client.send(Client.frame(new byte[] {1}), 0);
            assertThat(sent < 0 || client.receive().length == 0).isTrue();
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void the_deadline_is_for_the_whole_frame() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Handler handler =
                connection -> {
                    try {
                        connection.receive(10_000, Duration.ofMillis(300));
                    } catch (SocketTimeoutException e) {
                        got.add("it could still be read");
                    } catch (IOException e) {
                        got.add(e.getMessage());
                    }
                };
        try (SocketListener listener = listen(1, handler);
                Client client = new Client(socket())) {
            client.send(new byte[] {0, 0, 0x20, 0});
            long start = System.nanoTime();
            // A byte every 100 ms never lets a time-out of the single read pass.
            while (got.isEmpty() && System.nanoTime() - start < 60_000_000_000L) {
                client.send(new byte[1]);
                Thread.sleep(100);
            }
            assertThat(got.poll()).contains("time is up");
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void what_came_too_late_to_be_waited_for_is_read_by_the_next_who_waits() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Handler handler =
                connection -> {
                    try {
                        connection.receive(100, Duration.ofMillis(50));
                    } catch (SocketTimeoutException e) {
                        got.add("late");
                    }
                    got.add(new String(connection.receive(100, SOON).payload(), UTF_8));
                };
        try (SocketListener listener = listen(1, handler);
                Client client = new Client(socket())) {
            assertThat(got.poll(60, TimeUnit.SECONDS)).isEqualTo("late");
            client.send(new byte[] {0, 0, 0, 1, 'x'});
            assertThat(got.poll(60, TimeUnit.SECONDS)).isEqualTo("x");
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void a_length_beyond_the_limit_is_refused_before_anything_is_read() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Handler handler =
                connection -> {
                    try {
                        connection.receive(1 << 20, SOON);
                    } catch (IOException e) {
                        got.add(e.getMessage());
                    }
                };
        try (SocketListener listener = listen(1, handler);
                Client client = new Client(socket())) {
            client.send(new byte[] {-1, -1, -1, -1});
            assertThat(got.poll(60, TimeUnit.SECONDS)).contains("4294967295 bytes");
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void more_connections_than_workers_wait_and_are_served() throws Exception {
        try (SocketListener listener = listen(2, this::echo)) {
            CountDownLatch done = new CountDownLatch(40);
            for (int i = 0; i < 40; i++) {
                Thread thread = new Thread(() -> converse(done));
                thread.setDaemon(true);
                thread.start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void closing_ends_connections_that_wait() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Handler handler =
                connection -> {
                    waiting.countDown();
                    try {
                        connection.receive(100, Duration.ofMinutes(5));
                    } finally {
                        ended.countDown();
                    }
                };
        SocketListener listener = listen(1, handler);
        try (Client client = new Client(socket())) {
            assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
            listener.close();
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(client.receive()).isEmpty();
        }
        assertThat(socket()).doesNotExist();
    }

    @Test
    void nothing_can_be_sent_once_a_connection_is_closed() throws Exception {
        BlockingQueue<Connection> kept = new LinkedBlockingQueue<>();
        try (SocketListener listener = listen(1, kept::add);
                Client client = new Client(socket())) {
            Connection connection = kept.poll(60, TimeUnit.SECONDS);
            assertThat(client.receive()).isEmpty();
            assertThatThrownBy(() -> connection.send(new byte[1])).hasMessageContaining("closed");
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void ten_thousand_requests_and_many_bad_ones_leave_no_descriptor_behind() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "content");
        try (SocketListener listener = listen(8, this::echo);
                OpenFile open = open(file)) {
            abuse(listener, numberOf(open), 200);
            Trials.await(() -> openOf(file) == 1);
            long before = openDescriptors();
            abuse(listener, numberOf(open), 10_000);
            // The last ones are still being served.
            Trials.await(() -> openDescriptors() <= before + 2);
        }
    }

    private void abuse(SocketListener listener, int number, int rounds) throws Exception {
        byte[] frame = Client.frame("hello".getBytes(UTF_8));
        for (int i = 0; i < rounds; i++) {
            try (Client client = new Client(socket())) {
                switch (i % 8) {
                    case 0 -> client.send(frame, number);
                    case 1 -> client.send(frame, number, number);
                    case 2 -> client.send(new byte[] {0, 0, 0}, number);
                    case 3 -> client.send(new byte[] {127, 0, 0, 0}, number);
                    case 4 -> client.send(frame, new int[60]);
                    case 5 -> client.hangUp();
                    default -> client.send(frame);
                }
                if (i % 8 == 0 || i % 8 >= 6) {
                    assertThat(client.receive()).isEqualTo("hello".getBytes(UTF_8));
                }
            }
        }
        assertThat(listener).isNotNull();
    }

    private static long openDescriptors() {
        return descriptors().size();
    }

    /** How many descriptors of this process lead to a file. */
    private static long openOf(Path file) {
        try {
            return descriptors().stream().filter(file.toRealPath().toString()::equals).count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Where the descriptors of this process lead; those that are closed meanwhile, nowhere. */
    private static List<String> descriptors() {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.map(SocketListenerTest::target).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private void converse(CountDownLatch done) {
        try (SocketChannel channel = Client.channel(socket())) {
            Client.writeFrame(channel, "x".getBytes(UTF_8));
            if (Client.readFrame(channel).length == 1) {
                done.countDown();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void echo(Connection connection) throws IOException {
        Frame frame = connection.receive(1 << 20, SOON);
        frame.descriptor().ifPresent(io.kepm.api.linux.UnixSockets.Descriptor::close);
        connection.send(frame.payload());
    }

    private SocketListener listen(int workers, Handler handler) throws IOException {
        return new SocketListener(socket(), 0600, workers, handler, peers).start();
    }

    private Path socket() {
        return folder.resolve("s");
    }

    private static OpenFile open(Path file) throws IOException {
        return OpenFile.at(file.toString(), FileStatus.of(file.toString()).orElseThrow());
    }

    private static int numberOf(OpenFile file) {
        return file.number();
    }
}
