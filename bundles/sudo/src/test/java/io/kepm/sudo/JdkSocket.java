package io.kepm.sudo;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Frame;
import io.kepm.api.linux.UnixSockets.Handler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real Unix socket by the JDK alone: frames without descriptors, and a peer of one's choice. */
final class JdkSocket implements AutoCloseable {

    private final ServerSocketChannel server;
    private final Path path;
    volatile Peer peer = new Peer(4711, 0, 0);

    JdkSocket(Path path, Handler handler) throws IOException {
        this.path = path;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread acceptor = new Thread(() -> accept(handler));
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept(Handler handler) {
        try {
            for (; ; ) {
                SocketChannel channel = server.accept();
                Thread worker = new Thread(() -> serve(handler, channel));
                worker.setDaemon(true);
                worker.start();
            }
        } catch (IOException e) {
            // Closed: the test is over.
            return;
        }
    }

    private void serve(Handler handler, SocketChannel accepted) {
        try (SocketChannel channel = accepted) {
            List<Consumer<Optional<Frame>>> kept = new ArrayList<>();
            handler.serve(new Served(channel, peer, kept, new AtomicReference<>()));
            for (Consumer<Optional<Frame>> lastWord : kept) {
                lastWord.accept(lastFrame(channel));
            }
        } catch (IOException e) {
            // As the real listener: the connection ends.
            return;
        }
    }

    private static Optional<Frame> lastFrame(SocketChannel channel) {
        try {
            return Optional.of(new Frame(receive(channel), Optional.empty()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        return channel;
    }

    static void send(SocketChannel channel, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 4);
        frame.putInt(payload.length).put(payload).flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    static byte[] receive(SocketChannel channel) throws IOException {
        ByteBuffer head = read(channel, 4);
        return read(channel, head.getInt()).array();
    }

    private static ByteBuffer read(SocketChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("closed");
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /**
     * @param begun a frame that was waited for in vain, and may still come
     */
    private record Served(
            SocketChannel channel,
            Peer peer,
            List<Consumer<Optional<Frame>>> kept,
            AtomicReference<@Nullable CompletableFuture<byte[]>> begun)
            implements Connection {
        @Override
        public boolean peerLives() {
            return true;
        }

        @Override
        public Frame receive(int maxBytes, Duration timeout) throws IOException {
            CompletableFuture<byte[]> last = begun.getAndSet(null);
            CompletableFuture<byte[]> next =
                    last != null ? last : CompletableFuture.supplyAsync(this::read, Served::aside);
            try {
                return new Frame(next.get(timeout.toMillis(), MILLISECONDS), Optional.empty());
            } catch (TimeoutException e) {
                begun.set(next);
                throw new SocketTimeoutException("nothing came");
            } catch (ExecutionException | InterruptedException e) {
                throw new IOException(e);
            }
        }

        /** The common pool has as few threads as there are processors. */
        private static void aside(Runnable read) {
            Thread reader = new Thread(read);
            reader.setDaemon(true);
            reader.start();
        }

        private byte[] read() {
            try {
                return JdkSocket.receive(channel);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void send(byte[] payload) throws IOException {
            JdkSocket.send(channel, payload);
        }

        @Override
        public boolean keep(Consumer<Optional<Frame>> lastWord) {
            return kept.add(lastWord);
        }
    }
}
