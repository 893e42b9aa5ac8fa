package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is seen outside, of a line that would do harm. */
class OutputsTest {

    private static final LogRecord BAD =
            Escaped.of(Fakes.line("${jndi:x} %n \u001b[2J\nFORGED \u202e\ud800 --password=canary"));
    private static final String SAID =
            "\\u{24}{jndi:x} \\u{25}n \\u{1b}[2J\\nFORGED \\u{202e}\\u{d800} --password=***";

    @Test
    void the_journal_gets_fields_of_one_line() throws Exception {
        List<String> sent = new ArrayList<>();
        new JournalOutput(
                        (socket, bytes) ->
                                sent.add(socket + " " + new String(bytes, StandardCharsets.UTF_8)),
                        "/j")
                .send(List.of(BAD));
        assertThat(sent)
                .containsExactly(
                        "/j MESSAGE=PolicyFolder: "
                                + SAID
                                + "\nPRIORITY=4\nSYSLOG_IDENTIFIER=kepm\n"
                                + "KEPM_LOGGER=io.kepm.policy.PolicyFolder\n"
                                + "KEPM_TIME=2026-11-25T10:00:00.000Z\n");
    }

    @Test
    void syslog_gets_a_datagram_of_rfc_5424() throws Exception {
        try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            receiver.setSoTimeout(60_000);
            URI address = URI.create("syslog+udp://127.0.0.1:" + receiver.getLocalPort());
            new SyslogOutput(address).send(List.of(BAD, Fakes.line("x".repeat(20_000))));
            assertThat(text(receiver))
                    .matches(
                            "(?s)<84>1 2026-11-25T10:00:00\\.000Z \\S+ kepm \\d+ - - PolicyFolder: .*")
                    .endsWith(SAID);
            assertThat(text(receiver)).hasSize(8192);
        }
    }

    private static String text(DatagramSocket receiver) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_000], 65_000);
        receiver.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void a_collector_gets_an_array_of_json() throws Exception {
        List<String> bodies = Collections.synchronizedList(new ArrayList<>());
        int[] status = {204};
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/in",
                exchange -> {
                    bodies.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
                    exchange.sendResponseHeaders(status[0], -1);
                    exchange.close();
                });
        server.start();
        try {
            HttpOutput output =
                    new HttpOutput(
                            URI.create(
                                    "http://127.0.0.1:" + server.getAddress().getPort() + "/in"));
            output.send(List.of(BAD, BAD));
            String line = LogFormat.JSON.line(BAD);
            assertThat(bodies).containsExactly("[" + line + ",\n" + line + "]");
            assertThat(line).contains(SAID.replace("\\", "\\\\"));
            status[0] = 400;
            assertThatThrownBy(() -> output.send(List.of(BAD))).isInstanceOf(Output.Refused.class);
            for (int again : List.of(302, 429, 503)) {
                status[0] = again;
                assertThatThrownBy(() -> output.send(List.of(BAD)))
                        .hasMessage("HTTP " + again)
                        .isNotInstanceOf(Output.Refused.class);
            }
        } finally {
            server.stop(0);
        }
        assertThatThrownBy(
                        () -> new HttpOutput(URI.create("http://127.0.0.1:1/")).send(List.of(BAD)))
                .isInstanceOf(IOException.class);
    }
}
