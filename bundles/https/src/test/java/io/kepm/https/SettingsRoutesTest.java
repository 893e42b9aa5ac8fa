package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsRoutesTest {

    private static final long ALICE = 1001;
    private static final String RETENTION = "/api/PluginSettings/KeeperLogger/log.retention.days";

    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private RawClient.Reply get(String path) throws Exception {
        try (RawClient client = agent.as(0)) {
            return client.get(path);
        }
    }

    private RawClient.Reply send(long uid, String method, String path, String body)
            throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.send(
                    method
                            + " "
                            + path
                            + " HTTP/1.1\r\nHost: kepm\r\nContent-Type: application/json\r\n"
                            + "Content-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
        }
    }

    @Test
    void values_are_shown_with_where_they_come_from() throws Exception {
        assertThat(get("/api/PluginSettings/KeeperPrivilegeManager").body())
                .contains("\"broker.host\":{\"plugin\":\"KeeperPrivilegeManager\"")
                .contains("\"value\":\"127.0.0.1\",\"source\":\"default\"")
                .contains("\"broker.port\":");
        assertThat(get(RETENTION).body())
                .contains("\"value\":15,\"source\":\"default\"")
                .contains("\"takesEffect\":\"at once (file: restart)\"");
        assertThat(get("/api/pluginsettings").body()).contains("KeeperPolicy", "clock");
    }

    @Test
    void a_bare_value_is_set_and_taken_back() throws Exception {
        assertThat(send(0, "PUT", RETENTION, "7").body())
                .contains("\"value\":7,\"source\":\"stored\",\"setBy\":\"root by api\"");
        assertThat(send(0, "PUT", RETENTION, "{\"value\":8}").status()).isEqualTo(200);
        assertThat(get(RETENTION).body()).contains("\"value\":8");
        assertThat(send(0, "POST", "/api/PluginSettings/KeeperLogger/revert", "{}").body())
                .contains("\"value\":15");
        assertThat(send(0, "POST", "/api/PluginSettings/revert-all", "{}").status()).isEqualTo(200);
    }

    @Test
    void what_is_not_allowed_is_422_and_what_is_not_there_404() throws Exception {
        assertThat(send(0, "PUT", RETENTION, "0").status()).isEqualTo(422);
        assertThat(send(0, "PUT", RETENTION, "\"7\"").body()).contains("not an integer");
        assertThat(send(0, "PUT", RETENTION, "null").status()).isEqualTo(422);
        assertThat(send(0, "PUT", RETENTION, "{\"value\":7,\"other\":1}").status()).isEqualTo(422);
        assertThat(send(0, "PUT", RETENTION, "").status()).isEqualTo(422);
        assertThat(send(0, "PUT", RETENTION, "7 8").status()).isEqualTo(400);
        assertThat(send(0, "PUT", "/api/PluginSettings/KeeperLogger/nothing", "1").status())
                .isEqualTo(422);
        assertThat(send(0, "PUT", "/api/PluginSettings/Nobody/nothing", "1").status())
                .isEqualTo(404);
        assertThat(get("/api/PluginSettings/Nobody").status()).isEqualTo(404);
        assertThat(get("/api/PluginSettings/KeeperLogger/nothing").status()).isEqualTo(404);
    }

    @Test
    void ab_139_a_security_setting_is_refused_and_the_try_is_on_record() throws Exception {
        RawClient.Reply refused =
                send(0, "PUT", "/api/PluginSettings/KeeperPolicy/unmatched", "\"os\"");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("a security setting");
        assertThat(agent.audit.drafts)
                .extracting(AuditDraft::outcome)
                .contains("REFUSED", "FAILED");
    }

    @Test
    void only_an_administrator_changes_settings_and_a_user_reads_none() throws Exception {
        assertThat(send(ALICE, "PUT", RETENTION, "7").status()).isEqualTo(403);
        assertThat(send(ALICE, "POST", "/api/PluginSettings/revert-all", "{}").status())
                .isEqualTo(403);
        try (RawClient client = agent.as(ALICE)) {
            assertThat(client.get(RETENTION).status()).isEqualTo(403);
        }
    }

    @Test
    void the_secret_of_a_plugin_is_shown_to_nobody_else() throws Exception {
        assertThat(get("/api/PluginSettings/clock").body())
                .contains("\"interval\"", "\"value\":\"***\"")
                .doesNotContain("hunter2");
        assertThat(send(0, "PUT", "/api/PluginSettings/clock/apiKey", "\"hunter3\"").body())
                .doesNotContain("hunter");
    }

    @Test
    void a_plugin_sees_its_own_settings_and_the_agents_and_no_others() throws Exception {
        assertThat(asPlugin("clock", "clock").body().orElseThrow().toString())
                .contains("interval", "hunter2");
        assertThat(asPlugin("clock", "KeeperPrivilegeManager").status()).isEqualTo(200);
        assertThat(asPlugin("other", "clock").status()).isEqualTo(404);
        assertThat(asPlugin("other", "KeeperLogger").status()).isEqualTo(200);
    }

    private Answer asPlugin(String id, String asked) throws Exception {
        Caller caller = new Caller(Optional.empty(), Tier.PLUGIN, "plugin:" + id, false);
        return new SettingsActions(agent.desk, agent.audit, new People(agent.names))
                .routes()
                .get(1)
                .action()
                .answer(new Call(caller, Map.of("p", asked), Map.of(), Map.of()));
    }

    @Test
    void other_routes_still_take_nothing_but_an_object() throws Exception {
        assertThat(send(0, "POST", "/api/governed", "7").status()).isEqualTo(400);
        assertThat(send(0, "POST", "/api/PluginSettings/KeeperLogger/revert", "7").status())
                .isEqualTo(400);
    }
}
