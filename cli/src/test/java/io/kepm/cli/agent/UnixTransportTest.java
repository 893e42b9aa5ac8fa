package io.kepm.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixTransportTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path folder;

    @Test
    void a_request_names_our_host_and_closes_after_its_answer() throws IOException {
        try (FakeAgent agent = new FakeAgent(folder.resolve("s"))) {
            agent.answers("GET /health", "{}").answers("POST /api/governed", "{}");
            UnixTransport transport = new UnixTransport(agent.socket());
            transport.send("GET", "/health", "", LIMIT);
            transport.send("POST", "/api/governed", "{\"ü\":1}", LIMIT);
            assertThat(agent.asked().get(0))
                    .isEqualTo(
                            "GET /health HTTP/1.1\r\nHost: kepm\r\nConnection: close\r\n"
                                    + "Accept: application/json\r\n\r\n");
            assertThat(agent.asked().get(1))
                    .contains("Content-Type: application/json\r\nContent-Length: 8\r\n")
                    .endsWith("\r\n\r\n{\"ü\":1}");
        }
    }

    @Test
    void an_agent_that_is_silent_is_given_up_after_the_limit() throws IOException {
        Path socket = folder.resolve("silent");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(
                            () ->
                                    new UnixTransport(socket)
                                            .send("GET", "/", "", Duration.ofMillis(200)))
                    .hasMessage("no answer within 0 s");
        }
    }

    @Test
    void a_socket_that_is_not_there_or_nobody_serves_is_named() throws IOException {
        fault(folder.resolve("none"), "no such file or directory");
        Path left = folder.resolve("left");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(left));
        server.close();
        fault(left, "connection refused");
        fault(Files.writeString(folder.resolve("file"), "x"), "connection refused");
        fault(folder.resolve("x".repeat(200)), "path too long");
    }

    private static void fault(Path socket, String why) {
        assertThatThrownBy(() -> new UnixTransport(socket).send("GET", "/", "", LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }
}
