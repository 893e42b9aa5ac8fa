package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code AllowedHosts} as raw requests meet it. */
class HostsTest {

    private static int status(TestAgent agent, String host) throws Exception {
        try (RawClient client = agent.tls()) {
            return client.send("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status();
        }
    }

    @Test
    void ab_40_a_list_allows_what_it_names_in_any_case_and_nothing_else(@TempDir Path run)
            throws Exception {
        String hosts = " Agent.Example ;[0:0:0:0:0:0:0:1]; 127.0.0.1;*.corp.example;dot.example.;";
        try (TestAgent agent = new TestAgent(run, hosts, Optional.empty())) {
            String port = ":" + agent.https;
            for (String host :
                    List.of(
                            "agent.example",
                            "AGENT.example",
                            "[::1]",
                            "127.0.0.1",
                            "a.corp.example",
                            "a.b.CORP.example",
                            "dot.example.")) {
                assertThat(status(agent, host + port)).as(host).isEqualTo(200);
                assertThat(status(agent, host)).as(host + " without a port").isEqualTo(421);
                assertThat(status(agent, host + ":1")).as(host + " with another").isEqualTo(421);
            }
            for (String host :
                    List.of(
                            "agent.example.",
                            "localhost",
                            "corp.example",
                            ".corp.example",
                            "evilcorp.example",
                            "dot.example",
                            "[::2]",
                            "[0:0:0:0:0:0:0:1]",
                            "127.1",
                            "0x7f000001",
                            "agent.example.evil.example")) {
                assertThat(status(agent, host + port)).as(host).isIn(400, 421);
            }
        }
    }

    @Test
    void ab_40_a_star_allows_any_host_and_the_port_is_still_looked_at(@TempDir Path run)
            throws Exception {
        try (TestAgent agent = new TestAgent(run, "*", Optional.empty())) {
            assertThat(status(agent, "evil.example:" + agent.https)).isEqualTo(200);
            assertThat(status(agent, "evil.example")).isEqualTo(421);
            assertThat(status(agent, "evil.example:" + agent.http)).isEqualTo(421);
            assertThat(status(agent, ":" + agent.https)).isIn(400, 421);
        }
    }
}
