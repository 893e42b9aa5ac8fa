package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrokerTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void what_was_denied_is_shown_and_drives_no_terminal() {
        bench.agent()
                .answers(
                        "GET /api/mqtt/denials",
                        "{\"items\":[{\"first\":\"2026-11-25T10:00:00Z\",\"last\":\"2026-11-25T10:00:09Z\","
                                + "\"client\":\"plugin:x\",\"kind\":\"publish\",\"what\":\"a\\u001b[2Jb\","
                                + "\"reason\":\"not among the declared topics\",\"count\":12}]}");
        Outcome outcome = bench.run("mqtt denials");
        assertThat(outcome.out())
                .contains("CLIENT", "plugin:x", "publish", "12", "not among the declared topics")
                .doesNotContain("\u001b");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void who_is_connected_is_shown() {
        bench.agent()
                .answers(
                        "GET /api/mqtt/clients",
                        "{\"items\":[{\"id\":\"plugin:x\",\"pid\":7,\"uid\":4711,\"since\":\"2026-11-25T10:00:00Z\","
                                + "\"subscriptions\":[\"a/+\",\"b\"],\"published\":5,\"delivered\":6,"
                                + "\"outstanding\":1,\"outstandingBytes\":90,\"denials\":2}]}");
        assertThat(bench.run("mqtt clients").out())
                .isEqualTo(
                        """
                        CLIENT    PID  SENT  GOT  WAITING  DENIED  SUBSCRIBED TO
                        plugin:x    7     5    6        1       2  a/+, b
                        """);
    }

    @Test
    void nothing_to_show_is_said() {
        bench.agent().answers("GET /api/mqtt/denials", "{\"items\":[]}");
        bench.agent().answers("GET /api/mqtt/clients", "{\"items\":[]}");
        assertThat(bench.run("mqtt denials").out()).contains("denied nothing");
        assertThat(bench.run("mqtt clients").out()).contains("Nobody is connected");
    }
}
