package io.kepm.cli.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An agent with canned answers on a Unix socket: what it was asked is kept, byte by byte. One
 * thread, ended by {@link #close}.
 */
public final class FakeAgent implements AutoCloseable {

    private final Path socket;
    private final ServerSocketChannel server;
    private final Map<String, String> answers = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<Map.Entry<String, String>> firsts = new ArrayList<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread;

    public FakeAgent(Path socket) {
        this.socket = socket;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(this::serve, "fake-agent");
        thread.setDaemon(true);
        thread.start();
    }

    public Path socket() {
        return socket;
    }

    /**
     * Answers requests that begin so.
     *
     * @param start method and path, such as {@code GET /api/audit?}
     */
    public FakeAgent answers(String start, int status, String json) {
        return raw(start, http(status, json));
    }

    private static String http(int status, String json) {
        return "HTTP/1.1 "
                + status
                + " Whatever\r\nContent-Type: application/json\r\nContent-Length: "
                + json.getBytes(StandardCharsets.UTF_8).length
                + "\r\nConnection: close\r\n\r\n"
                + json;
    }

    public FakeAgent answers(String start, String json) {
        return answers(start, 200, json);
    }

    /** Answers the next request that begins so, before what {@link #answers} says. */
    public FakeAgent once(String start, int status, String json) {
        synchronized (firsts) {
            firsts.add(Map.entry(start, http(status, json)));
        }
        return this;
    }

    /** Closes the connection of the next request that begins so without a word. */
    public FakeAgent hangsUpOnce(String start) {
        synchronized (firsts) {
            firsts.add(Map.entry(start, ""));
        }
        return this;
    }

    /** Answers with exactly these characters. */
    public FakeAgent raw(String start, String answer) {
        answers.put(start, answer);
        return this;
    }

    /** The requests, head and body. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** The request lines without the version. */
    public List<String> lines() {
        return asked().stream()
                .map(request -> request.substring(0, request.indexOf(" HTTP/")))
                .toList();
    }

    /** The body of the last request. */
    public String lastBody() {
        String last = asked.get(asked.size() - 1);
        return last.substring(last.indexOf("\r\n\r\n") + 4);
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                String request = read(Channels.newInputStream(channel));
                asked.add(request);
                channel.write(ByteBuffer.wrap(answer(request).getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // The client went away, or the test is over.
            }
        }
    }

    private String answer(String request) {
        synchronized (firsts) {
            for (Map.Entry<String, String> first : firsts) {
                if (request.startsWith(first.getKey())) {
                    firsts.remove(first);
                    return first.getValue();
                }
            }
        }
        String found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        for (Map.Entry<String, String> answer : List.copyOf(answers.entrySet())) {
            if (request.startsWith(answer.getKey())) {
                found = answer.getValue();
            }
        }
        return found;
    }

    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            String text = bytes.toString(StandardCharsets.UTF_8);
            int head = text.indexOf("\r\n\r\n");
            if (head >= 0 && bytes.size() >= head + 4 + length(text)) {
                return text;
            }
            int b = in.read();
            if (b < 0) {
                return text;
            }
            bytes.write(b);
        }
    }

    private static int length(String text) {
        int at = text.indexOf("Content-Length: ");
        return at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf("\r\n", at)));
    }

    @Override
    public void close() {
        try {
            server.close();
            thread.join(5000);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
