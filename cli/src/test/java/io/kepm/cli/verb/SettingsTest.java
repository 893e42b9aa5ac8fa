package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final String DAYS =
            "{\"plugin\":\"KeeperLogger\",\"name\":\"log.retention.days\",\"value\":15,"
                    + "\"source\":\"appsettings\",\"default\":15,\"type\":\"integer\",\"unit\":\"days\","
                    + "\"allowed\":\"1 to 3650\",\"from\":\"file, API, policy\","
                    + "\"takesEffect\":\"at once\",\"says\":\"how long\"}";
    private static final String FORMAT =
            "{\"plugin\":\"KeeperLogger\",\"name\":\"log.format\",\"value\":\"text\","
                    + "\"source\":\"stored\",\"setBy\":\"root by api\",\"next\":\"json\","
                    + "\"default\":\"text\",\"type\":\"text\",\"allowed\":\"text, json\"}";
    private static final String LIST =
            "{\"plugin\":\"clock\",\"name\":\"zones\",\"value\":[\"UTC\"],"
                    + "\"source\":\"plugin\",\"type\":\"list of texts\"}";
    private static final String LOGGER =
            "{\"plugin\":\"KeeperLogger\",\"settings\":{\"log.retention.days\":"
                    + DAYS
                    + ",\"log.format\":"
                    + FORMAT
                    + "}}";

    private final Bench bench = new Bench();

    @BeforeEach
    void answers() {
        bench.agent()
                .answers(
                        "GET /api/PluginSettings",
                        "{\"items\":["
                                + LOGGER
                                + ",{\"plugin\":\"clock\",\"settings\":{\"zones\":"
                                + LIST
                                + "}}]}");
        bench.agent().answers("GET /api/PluginSettings/KeeperLogger", LOGGER);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void settings_are_listed_with_value_source_and_what_waits_for_a_restart() {
        assertThat(bench.run("settings list").out())
                .containsPattern("KeeperLogger/log.format +text +stored +json")
                .containsPattern("clock/zones +\\[\"UTC\"\\] +plugin");
        assertThat(bench.run("settings list", "KeeperLogger").out()).doesNotContain("clock");
        assertThat(bench.run("settings list", "--changed").out())
                .contains("log.format")
                .doesNotContain("log.retention.days");
        assertThat(bench.run("settings list", "--json").out())
                .contains("\"name\"", "\"log.format\"");
        assertThat(bench.run("settings list", "a", "b").exit()).isEqualTo(2);
    }

    @Test
    void one_setting_is_shown_with_all_there_is_to_know() {
        Outcome one = bench.run("settings get", "log.format");
        assertThat(one.out())
                .startsWith("KeeperLogger/log.format\n")
                .containsPattern("comes from +what was set")
                .containsPattern("set by +root by api")
                .containsPattern("after a restart +json");
        assertThat(bench.run("settings get", "keeperlogger/LOG.FORMAT").exit()).isZero();
    }

    @Test
    void an_unknown_name_says_which_may_be_meant() {
        Outcome near = bench.run("settings get", "log.retention.day");
        assertThat(near.exit()).isEqualTo(2);
        assertThat(near.err()).contains("did you mean `log.retention.days`?");
        assertThat(bench.run("settings get", "FORMAT").exit()).as("its last word").isZero();
        assertThat(bench.run("settings get", "formt").err()).contains("did you mean `format`?");
        assertThat(bench.run("settings get", "nonsense").err()).contains("kepm settings list");
    }

    @Test
    void a_value_is_sent_in_the_type_of_its_setting() {
        bench.agent()
                .answers(
                        "PUT /api/PluginSettings/KeeperLogger/log.retention.days",
                        "{\"changed\":[" + DAYS.replace("15,\"source\"", "7,\"source\"") + "]}");
        Outcome set = bench.run("settings set", "log.retention.days", "7");
        assertThat(set.out()).isEqualTo("KeeperLogger/log.retention.days is 7 now\n");
        assertThat(bench.agent().lastBody()).isEqualTo("7");
        bench.agent()
                .answers(
                        "PUT /api/PluginSettings/KeeperLogger/log.format",
                        "{\"changed\":[" + FORMAT + "]}");
        assertThat(bench.run("settings set", "log.format", "json").out()).contains("restart");
        assertThat(bench.agent().lastBody()).isEqualTo("\"json\"");
        bench.agent().answers("PUT /api/PluginSettings/clock/zones", "{\"changed\":[]}");
        bench.run("settings set", "zones", "UTC", "CET");
        assertThat(bench.agent().lastBody()).isEqualTo("[\"UTC\",\"CET\"]");
        bench.run("settings set", "zones", "[]");
        assertThat(bench.agent().lastBody()).isEqualTo("[]");
    }

    @Test
    void what_is_no_value_of_the_type_is_not_sent_and_a_refusal_says_why() {
        Outcome wrong = bench.run("settings set", "log.retention.days", "often");
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.err()).contains("integer", "1 to 3650");
        bench.agent()
                .answers(
                        "PUT /api/PluginSettings/KeeperLogger/log.retention.days",
                        422,
                        "{\"errors\":[{\"pointer\":\"\",\"detail\":\"`0`: not an integer from 1 to"
                                + " 3650\"}]}");
        Outcome refused = bench.run("settings set", "log.retention.days", "0");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("`0`: not an integer from 1 to 3650");
        assertThat(bench.run("settings set", "log.format").exit()).isEqualTo(2);
    }

    @Test
    void what_was_set_is_taken_back_for_one_plugin_or_for_all() {
        bench.agent()
                .answers(
                        "POST /api/PluginSettings/KeeperLogger/revert",
                        "{\"changed\":[" + DAYS + "]}");
        assertThat(bench.run("settings revert", "KeeperLogger").out())
                .isEqualTo("KeeperLogger/log.retention.days is 15 again\n");
        bench.agent().answers("POST /api/PluginSettings/revert-all", "{\"changed\":[]}");
        assertThat(bench.run("settings revert", "--all").out()).isEqualTo("nothing was set\n");
        assertThat(bench.run("settings revert").exit()).isEqualTo(2);
        assertThat(bench.run("settings revert", "--all", "x").exit()).isEqualTo(2);
    }
}
