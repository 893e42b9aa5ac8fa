package io.kepm.mqtt;

import static io.kepm.mqtt.RawClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.log.LogLevel;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The topics that mean something to the agent. */
class OwnTopicsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUEST =
            "'eventType':'CommandLine','target':{'path':'/usr/bin/id','argv':['id']}";

    private static TestHouse house;

    @BeforeAll
    static void open() {
        house = new TestHouse();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @BeforeEach
    void fresh() {
        house.engine.asked.clear();
        house.audit.drafts.clear();
        house.sources.full = false;
        house.audit.broken = false;
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    /** A component that asks policy, and hears its answers. */
    private static final class Asker implements AutoCloseable {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final String id;
        private final MqttClient client;

        Asker(String id, Reach reach) throws Exception {
            this.id = id;
            String secret =
                    house.processes.start(
                            id, reach, new TopicRights(List.of("KeeperPolicy"), List.of()));
            client = house.client(id);
            client.connect(TestHouse.options(id, secret));
            client.subscribe(
                    id + "/Responses/+",
                    1,
                    (topic, message) ->
                            heard.add(
                                    topic
                                            + " "
                                            + new String(
                                                    message.getPayload(), StandardCharsets.UTF_8)));
        }

        JsonNode ask(String correlation, String members) throws Exception {
            client.publish(
                    "KeeperPolicy",
                    json("{'correlationId':'" + correlation + "'," + members + "}"),
                    1,
                    false);
            return answer(correlation);
        }

        JsonNode answer(String correlation) throws Exception {
            String answer = heard.poll(60, TimeUnit.SECONDS);
            assertThat(answer).startsWith(id + "/Responses/" + correlation + " ");
            return JSON.readTree(answer.substring(answer.indexOf('{')));
        }

        @Override
        public void close() throws MqttException {
            client.disconnect();
            client.close();
        }
    }

    @Test
    void a_plugin_asks_for_anybody_and_the_decision_is_on_record_before_the_answer()
            throws Exception {
        try (Asker asker = new Asker("plugin:asks", Reach.PLUGIN)) {
            JsonNode answer =
                    asker.ask(
                            "c-1",
                            REQUEST
                                    + ",'user':{'name':'bob','uid':1001},'at':'2026-01-05T12:00:00Z'"
                                    + ",'responseTopic':'plugin:asks/Responses/c-1'");
            assertThat(answer.path("decision").asText()).isEqualTo("DENY");
            assertThat(answer.path("correlationId").asText()).isEqualTo("c-1");
            assertThat(answer.path("revision").asText()).isEqualTo("3-1a2b3c4d");
            assertThat(answer.path("reasons").get(0).path("policyId").asText()).isEqualTo("P1");
            assertThat(house.engine.asked.get(0).user().name()).isEqualTo("bob");
            AuditDraft record =
                    house.audit.drafts.stream()
                            .filter(draft -> draft.type() == AuditType.POLICY_EVALUATION)
                            .findFirst()
                            .orElseThrow();
            assertThat(record.details())
                    .containsEntry("door", "mqtt")
                    .containsEntry("client", "plugin:asks")
                    .containsEntry("judged_at", "2026-01-05T12:00Z");
            assertThat(house.sources.taken).contains(new SourceLimits.Source("plugin:asks", 4711));
        }
    }

    @Test
    void a_component_of_the_user_tier_asks_for_the_user_it_runs_as_only() throws Exception {
        try (Asker asker = new Asker("job:j:1", Reach.USER)) {
            JsonNode answer = asker.ask("1", REQUEST);
            assertThat(answer.path("decision").asText()).isEqualTo("DENY");
            // What is not the user's to know is not shown.
            assertThat(answer.path("reasons").get(0).has("policyId")).isFalse();
            assertThat(house.engine.asked.get(0).user().name()).isEqualTo("ada");
            assertThat(house.engine.asked.get(0).user().groups()).containsExactly("ada", "dev");
            assertThat(asker.ask("2", REQUEST + ",'user':{'name':'root'}").path("status").asInt())
                    .isEqualTo(403);
            // Another time is not for users to choose.
            assertThat(
                            asker.ask("3", REQUEST + ",'at':'2026-01-05T12:00:00Z'")
                                    .path("status")
                                    .asInt())
                    .isEqualTo(422);
            assertThat(house.engine.asked).hasSize(1);
        }
    }

    @Test
    void a_bad_request_is_answered_with_what_is_wrong_and_judged_by_nobody() throws Exception {
        try (Asker asker = new Asker("plugin:bad", Reach.PLUGIN)) {
            JsonNode answer = asker.ask("1", "'target':{'path':7},'nonsense':1");
            assertThat(answer.path("status").asInt()).isEqualTo(422);
            assertThat(answer.path("errors").findValuesAsText("pointer"))
                    .contains("/eventType", "/target/path", "/user/name", "/nonsense");
            for (String unreadable :
                    List.of(
                            "",
                            "null",
                            "[]",
                            "{'correlationId':'1','correlationId':'2'}",
                            "{'correlationId':'1'} x",
                            "{'a':" + "[".repeat(70) + "]".repeat(70) + "}",
                            "{'correlationId':'../../x'}",
                            "{'correlationId':7}",
                            "{'correlationId':'a/b'}",
                            "{}")) {
                asker.client.publish("KeeperPolicy", json(unreadable), 1, false);
                assertThat(asker.answer("unreadable").path("status").asInt())
                        .as(unreadable)
                        .isIn(400, 422);
            }
            asker.client.publish(
                    "KeeperPolicy",
                    json(
                            "{'correlationId':'9','responseTopic':'plugin:other/Responses/9',"
                                    + REQUEST
                                    + "}"),
                    1,
                    false);
            assertThat(asker.answer("9").path("detail").asText()).contains("responseTopic");
            assertThat(house.engine.asked).isEmpty();
        }
        assertThat(house.denied(Kind.PAYLOAD)).isGreaterThanOrEqualTo(11);
    }

    @Test
    void without_a_record_there_is_no_decision_and_too_many_are_told_to_wait() throws Exception {
        try (Asker asker = new Asker("plugin:limits", Reach.PLUGIN)) {
            house.audit.broken = true;
            assertThat(asker.ask("1", REQUEST + ",'user':{'name':'bob'}").path("status").asInt())
                    .isEqualTo(503);
            house.audit.broken = false;
            house.sources.full = true;
            assertThat(asker.ask("2", REQUEST + ",'user':{'name':'bob'}").path("status").asInt())
                    .isEqualTo(429);
        }
    }

    /**
     * Members: an answer forged by name, by wildcard, to the audit; and what an eavesdropper gets.
     */
    @Test
    void ab_61_answers_come_from_the_agent_and_reach_the_asker_alone() throws Exception {
        try (Asker asker = new Asker("plugin:victim", Reach.PLUGIN);
                RawClient forger =
                        house.raw("plugin:forger", List.of("#"), List.of("+/Responses/+"))) {
            assertThat(forger.subscribe(1, "+/Responses/+", 1)).isEqualTo(1);
            assertThat(forger.subscribe(2, "plugin:victim/Responses/+", 1)).isEqualTo(0x80);
            forger.send(
                    publish(
                            "plugin:victim/Responses/1",
                            1,
                            1,
                            json("{'decision':'ALLOW'}"),
                            false));
            forger.send(publish("AuditMessage", 1, 2, json("{'outcome':'ALLOW'}"), false));
            assertThat(forger.read().type()).isEqualTo(4);
            assertThat(forger.read().type()).isEqualTo(4);
            JsonNode answer = asker.ask("1", REQUEST + ",'user':{'name':'bob'}");
            assertThat(answer.path("decision").asText()).isEqualTo("DENY");
            assertThat(asker.heard).isEmpty();
            // The eavesdropper heard nothing: the next packet is the answer to its ping.
            forger.ping();
            assertThat(house.house.denials())
                    .anyMatch(
                            denial ->
                                    denial.client().equals("plugin:forger")
                                            && denial.what().equals("plugin:victim/Responses/1"));
        }
    }

    @Test
    void lines_for_the_log_say_which_component_they_come_from() throws Exception {
        try (RawClient client = house.raw("plugin:logs", List.of("KeeperLogger"), List.of())) {
            client.send(
                    publish(
                            "KeeperLogger",
                            1,
                            1,
                            json(
                                    "{'timestamp':'2026-11-26T10:00:00.5Z','level':'warning',"
                                            + "'logger':'io.kepm.policy','message':'hello',"
                                            + "'fields':{'a':'b','component':'plugin:other'}}"),
                            false));
            client.read();
            assertThat(house.log.records)
                    .singleElement()
                    .satisfies(
                            record -> {
                                assertThat(record.logger()).isEqualTo("plugin.logs.io.kepm.policy");
                                assertThat(record.level()).isEqualTo(LogLevel.WARNING);
                                assertThat(record.fields())
                                        .containsEntry("component", "plugin:logs")
                                        .containsEntry("a", "b");
                            });
            long before = house.denied(Kind.PAYLOAD);
            int id = 2;
            for (String bad :
                    List.of(
                            "{}",
                            "{'timestamp':'now','level':'info','logger':'a','message':'m'}",
                            "{'timestamp':'2026-11-26T10:00:00Z','level':'Loud','logger':'a','message':'m'}",
                            "{'timestamp':'2026-11-26T10:00:00Z','level':'Error','logger':'a b','message':'m'}",
                            "{'timestamp':'2026-11-26T10:00:00Z','level':'Error','logger':'a','message':7}",
                            "{'timestamp':'2026-11-26T10:00:00Z','level':'Error','logger':'a','message':'m','x':1}",
                            "{'timestamp':'2026-11-26T10:00:00Z','level':'Error','logger':'a','message':'"
                                    + "m".repeat(20_000)
                                    + "'}",
                            "{'timestamp':'2026-11-26T10:00:00Z','level':'Error','logger':'a','message':'m','fields':{'f':{}}}")) {
                client.send(publish("KeeperLogger", 1, id++, json(bad), false));
                assertThat(client.read().type()).isEqualTo(4);
            }
            assertThat(house.denied(Kind.PAYLOAD) - before).isEqualTo(8);
            assertThat(house.log.records).hasSize(1);
        }
    }

    @Test
    void records_of_the_audit_are_published_in_order_to_those_who_may_hear_them() throws Exception {
        try (RawClient hears = house.raw("plugin:siem", List.of(), List.of("AuditMessage"))) {
            hears.subscribe(1, "AuditMessage", 0);
            for (int i = 0; i < 300; i++) {
                house.audit.append(
                        AuditDraft.of(AuditType.JOB_RUN, "OK").detail("n", "" + i).build());
            }
            long last = 0;
            int seen = 0;
            while (seen < 300) {
                RawClient.Packet packet = hears.read();
                assertThat(packet.type()).isEqualTo(3);
                String text = new String(packet.body(), StandardCharsets.UTF_8);
                JsonNode record = JSON.readTree(text.substring(text.indexOf('{')));
                if (last > 0) {
                    assertThat(record.path("seq").asLong()).isEqualTo(last + 1);
                }
                last = record.path("seq").asLong();
                assertThat(record.path("hash").asText()).hasSize(64);
                if (record.path("audit_event_type").asText().equals("JOB_RUN")) {
                    seen++;
                }
            }
        }
    }

    @Test
    void what_has_a_form_is_checked_and_what_has_none_passes() throws Exception {
        try (RawClient says = house.raw("plugin:forms", List.of("#"), List.of());
                RawClient hears = house.raw("plugin:all", List.of(), List.of("Events/+", "x/#"))) {
            hears.subscribe(1, "Events/+", 0);
            hears.subscribe(2, "x/#", 0);
            long before = house.denied(Kind.PAYLOAD);
            says.send(publish("Events/Startup", 0, 0, json("no json"), false));
            says.send(publish("Events/Bad Name", 0, 0, json("{}"), false));
            says.send(publish("Events/a/b", 0, 0, json("{}"), false));
            says.send(publish("x/Commands/stop", 0, 0, json("no json"), false));
            says.send(publish("Jobs/x/events", 0, 0, json("no json"), false));
            says.send(publish("forms", 0, 0, json("no json"), false));
            says.send(publish("x/free", 0, 0, json("no json"), false));
            says.send(publish("Events/LaunchPrivilegeElevation", 0, 0, json("{'a':1}"), false));
            assertThat(new String(hears.read().body(), StandardCharsets.UTF_8)).contains("x/free");
            assertThat(new String(hears.read().body(), StandardCharsets.UTF_8))
                    .contains("Events/LaunchPrivilegeElevation");
            assertThat(house.denied(Kind.PAYLOAD) - before).isEqualTo(6);
        }
    }
}
