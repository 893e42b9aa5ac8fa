package io.kepm.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptConnectionsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Test
    void a_last_word_is_heard_even_when_its_peer_hung_up_at_once() throws Exception {
        try (SocketListener listener = listen()) {
            for (int i = 0; i < 500; i++) {
                try (SocketChannel channel = served("x")) {
                    Client.writeFrame(channel, ("bye " + i).getBytes(UTF_8));
                }
                assertThat(next()).isEqualTo("x: bye " + i);
            }
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void who_goes_without_a_word_or_sends_no_frame_is_heard_as_gone() throws Exception {
        try (SocketListener listener = listen()) {
            served("a").close();
            assertThat(next()).isEqualTo("a: gone");
            try (SocketChannel half = served("b")) {
                half.write(java.nio.ByteBuffer.wrap(new byte[] {0, 0, 0}));
                assertThat(next()).isEqualTo("b: gone");
            }
            try (SocketChannel huge = served("c")) {
                huge.write(java.nio.ByteBuffer.wrap(new byte[] {0x7f, 0, 0, 0}));
                assertThat(next()).isEqualTo("c: gone");
            }
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void kept_connections_hold_no_worker_and_leave_nothing_behind() throws Exception {
        // What is loaded for the first one keeps files of its own open.
        try (SocketListener listener = listen()) {
            served("first").close();
            assertThat(next()).isEqualTo("first: gone");
            assertThat(listener).isNotNull();
        }
        long before = openDescriptors();
        List<SocketChannel> open = new ArrayList<>();
        try (SocketListener listener = listen()) {
            for (int i = 0; i < 200; i++) {
                open.add(served("k"));
            }
            for (SocketChannel channel : open) {
                channel.close();
            }
            for (int i = 0; i < 200; i++) {
                assertThat(next()).isEqualTo("k: gone");
            }
            assertThat(listener).isNotNull();
        }
        Trials.await(() -> openDescriptors() <= before + 2);
    }

    @Test
    void a_listener_that_closes_hangs_up_and_says_nothing() throws Exception {
        SocketListener listener = listen();
        try (SocketChannel channel = served("x")) {
            listener.close();
            assertThat(Client.readFrame(channel)).isEmpty();
        }
        assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void beyond_the_bound_no_place_is_given() throws Exception {
        int[] stop = {-1, -1};
        assertThat(Libc.pipe2(stop, Libc.CLOEXEC)).isZero();
        try (KeptConnections kept = new KeptConnections("test", 1, stop[0])) {
            assertThat(kept.reserve()).isTrue();
            assertThat(kept.reserve()).isFalse();
            Libc.write(stop[1], new byte[1], 1);
        }
        Libc.close(stop[0]);
        Libc.close(stop[1]);
    }

    /** One worker: whoever is kept must not need it. */
    private SocketListener listen() throws IOException {
        return new SocketListener(folder.resolve("s"), 0600, 1, this::greet, new Peers()).start();
    }

    private void greet(Connection connection) throws IOException {
        Frame frame = connection.receive(100, SOON);
        connection.send(frame.payload());
        assertThat(connection.keep(word -> heard.add(text(frame) + ": " + lastWord(word))))
                .isTrue();
    }

    private static String lastWord(Optional<Frame> word) {
        return word.map(KeptConnectionsTest::text).orElse("gone");
    }

    private static String text(Frame frame) {
        return new String(frame.payload(), UTF_8);
    }

    private SocketChannel served(String name) throws IOException {
        SocketChannel channel = Client.channel(folder.resolve("s"));
        Client.writeFrame(channel, name.getBytes(UTF_8));
        assertThat(Client.readFrame(channel)).isEqualTo(name.getBytes(UTF_8));
        return channel;
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(60, TimeUnit.SECONDS));
    }

    private static long openDescriptors() {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
