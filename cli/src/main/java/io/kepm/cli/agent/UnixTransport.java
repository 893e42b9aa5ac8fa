package io.kepm.cli.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** The agent's Unix socket; a connection for each request. */
public final class UnixTransport implements Transport {

    private final Path socket;

    public UnixTransport(Path socket) {
        this.socket = socket;
    }

    @Override
    public String place() {
        return socket.toString();
    }

    @Override
    public Answer send(String method, String target, String body, Duration limit)
            throws IOException {
        return AgentSocket.talk(
                socket,
                limit,
                channel -> {
                    ByteBuffer request = request(method, target, body);
                    while (request.hasRemaining()) {
                        channel.write(request);
                    }
                    return new HttpReader(Channels.newInputStream(channel)).answer();
                });
    }

    @Override
    public Answer follow(String target, Duration silence, Events events) throws IOException {
        return AgentSocket.listen(
                socket,
                silence,
                (channel, alive) -> {
                    ByteBuffer request = request("GET", target, "");
                    while (request.hasRemaining()) {
                        channel.write(request);
                    }
                    HttpReader reader = new HttpReader(Channels.newInputStream(channel));
                    HttpReader.Head head = reader.head();
                    alive.run();
                    if (head.status() != 200 || !head.chunked()) {
                        return reader.answer(head);
                    }
                    events.begun();
                    EventReader lines = new EventReader(events);
                    byte[] chunk = reader.chunk();
                    while (chunk.length > 0) {
                        alive.run();
                        lines.read(chunk);
                        if (!events.wanted()) {
                            break;
                        }
                        chunk = reader.chunk();
                    }
                    return new Answer(200, new byte[0]);
                });
    }

    @Override
    public Answer upload(String target, String type, Path file, Duration limit) throws IOException {
        try (FileChannel content = FileChannel.open(file)) {
            long size = content.size();
            return AgentSocket.talk(
                    socket,
                    limit,
                    channel -> {
                        ByteBuffer head = ByteBuffer.wrap(head(target, type, size));
                        while (head.hasRemaining()) {
                            channel.write(head);
                        }
                        try {
                            for (long sent = 0; sent < size; ) {
                                sent += content.transferTo(sent, size - sent, channel);
                            }
                        } catch (IOException e) {
                            // Who refuses does not read to the end: the answer says why.
                            return new HttpReader(Channels.newInputStream(channel)).answer();
                        }
                        return new HttpReader(Channels.newInputStream(channel)).answer();
                    });
        }
    }

    private static byte[] head(String target, String type, long size) {
        return ("POST "
                        + target
                        + " HTTP/1.1\r\nHost: kepm\r\nConnection: close\r\nAccept: application/json\r\n"
                        + "Content-Type: "
                        + type
                        + "\r\nContent-Length: "
                        + size
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer request(String method, String target, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head =
                method
                        + " "
                        + target
                        + " HTTP/1.1\r\nHost: kepm\r\nConnection: close\r\nAccept: application/json\r\n"
                        + (method.equals("GET")
                                ? ""
                                : "Content-Type: application/json\r\nContent-Length: "
                                        + content.length
                                        + "\r\n")
                        + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(bytes.length + content.length).put(bytes).put(content).flip();
    }
}
