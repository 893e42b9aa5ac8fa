package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShellTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_line_goes_out_and_what_comes_back_is_printed_with_its_exit_code() throws Exception {
        CompletableFuture<String> asked = shell("agent: up\n\u001b[2Jx\tz\n\nexit 3\n");
        Outcome outcome = bench.run("shell", "--", "kepm:status", "-v", "a b");
        assertThat(asked.get()).isEqualTo("kepm:status -v 'a b'\n");
        assertThat(outcome).isEqualTo(new Outcome(3, "agent: up\n\\x1b[2Jx    z\n", ""));
    }

    @Test
    void json_keeps_the_lines_and_the_exit_code() throws Exception {
        shell("a\nexit 9\nb\nexit 0\n");
        assertThat(bench.run("shell", "--json", "x").out())
                .isEqualTo("{\"exit\":0,\"lines\":[\"a\",\"exit 9\",\"b\"]}\n");
    }

    @Test
    void an_end_without_a_result_is_a_failure() throws Exception {
        shell("half of");
        Outcome outcome = bench.run("shell", "x");
        assertThat(outcome.out()).isEqualTo("half of\n");
        assertThat(outcome.err())
                .isEqualTo("kepm: the shell ended without saying how the command went\n");
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void a_command_is_one_line() {
        assertThat(bench.run("shell", "a\nb"))
                .isEqualTo(new Outcome(2, "", "kepm: a command of the shell is one line\n"));
    }

    @Test
    void a_shell_that_is_not_there_is_named() {
        Outcome outcome = bench.run("shell", "x");
        assertThat(outcome.err()).startsWith("kepm: the agent's shell is not reachable at /");
        assertThat(outcome.exit()).isEqualTo(125);
    }

    /** Answers one connection; the future holds what was asked. */
    private CompletableFuture<String> shell(String answer) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(bench.folder().resolve("shell.sock")));
        return CompletableFuture.supplyAsync(
                () -> {
                    try (server;
                            SocketChannel channel = server.accept()) {
                        ByteBuffer asked = ByteBuffer.allocate(4096);
                        while (asked.position() == 0
                                || asked.get(asked.position() - 1) != (byte) '\n') {
                            channel.read(asked);
                        }
                        channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                        return new String(
                                asked.array(), 0, asked.position(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
