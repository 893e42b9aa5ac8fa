package io.kepm.sudo;

import io.kepm.api.linux.Peer;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection in memory, with descriptors that know whether they were closed. */
final class FakeConnection implements Connection {

    private final Peer peer;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final List<List<String>> said = new ArrayList<>();
    private final List<File> files = new ArrayList<>();
    boolean isGone;

    /** How long it says nothing before it does, or ends. */
    Runnable silence = () -> {};

    /** Hears what comes after all was said. */
    Consumer<Optional<Frame>> lastWord = frame -> {};

    FakeConnection(Peer peer) {
        this.peer = peer;
    }

    @Override
    public boolean peerLives() {
        return !isGone;
    }

    void frame(List<String> words, @Nullable File file) {
        add(bytes(words, StandardCharsets.UTF_8), file);
    }

    /** In an encoding that is not UTF-8. */
    void garbled(List<String> words) {
        List<String> changed = new ArrayList<>(words);
        changed.set(changed.size() - 1, changed.get(changed.size() - 1) + "\u00e9");
        add(bytes(changed, StandardCharsets.ISO_8859_1), null);
    }

    private void add(byte[] payload, @Nullable File file) {
        if (file != null) {
            files.add(file);
        }
        frames.add(new Frame(payload, Optional.ofNullable((Descriptor) file)));
    }

    private static byte[] bytes(List<String> words, java.nio.charset.Charset charset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String word : words) {
            out.writeBytes(word.getBytes(charset));
            out.write(0);
        }
        return out.toByteArray();
    }

    void drop() {
        frames.forEach(frame -> frame.descriptor().ifPresent(Descriptor::close));
        frames.clear();
    }

    /** The frame of that kind that was sent; empty when there was none. */
    List<String> said(String op) {
        return said.stream()
                .filter(words -> words.contains("op=" + op))
                .findFirst()
                .orElse(List.of());
    }

    long open() {
        return files.stream().filter(file -> !file.closed).count();
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public Frame receive(int maxBytes, Duration timeout) throws IOException {
        silence.run();
        Frame next = frames.poll();
        if (next == null) {
            throw new EOFException("the peer is gone");
        }
        if (next.payload().length > maxBytes) {
            throw new IOException("a frame of " + next.payload().length + " bytes");
        }
        return next;
    }

    @Override
    public void send(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        said.add(List.of(text.substring(0, text.length() - 1).split("\0", -1)));
    }

    @Override
    public boolean keep(Consumer<Optional<Frame>> whoHears) {
        lastWord = whoHears;
        return true;
    }

    /** An open file. */
    static final class File implements Descriptor {
        private final int number;
        boolean closed;

        File(int number) {
            this.number = number;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Programs in {@code /usr/bin}, asked for from alice's home. */
    static final class Files implements Targets {
        boolean missing;
        int looks;

        @Override
        public Opened open(String word) throws IOException {
            looks++;
            if (missing) {
                throw new IOException("there is no such program");
            }
            return new Opened("/usr/bin/" + word, new File(50));
        }

        @Override
        public String folder(int pid) {
            return "/home/alice";
        }

        @Override
        public Facts inspect(String path, Optional<Descriptor> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Optional<String>> resolve(List<String> arguments, String cwd) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String hostname() {
            return "ws-17";
        }
    }
}
