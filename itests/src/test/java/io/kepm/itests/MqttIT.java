package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The broker of the assembled agent: where it listens, whom it lets in, what is told of it. */
class MqttIT {

    private static final String SCRIPT = "/usr/local/bin/ask_by_broker.py";

    private static final String BIN = "/opt/keeper/sbin/Jobs/bin";

    private static Trial trial;

    /** What a launched process tried, and what came of it. */
    private static JsonNode tried;

    /** What the broker told of it. */
    private static String denied;

    @BeforeAll
    static void up() throws IOException {
        trial = Trial.up();
        trial.write(
                SCRIPT, Files.readString(Path.of("src/test/resources/ask_by_broker.py")), "0755");
        trial.waitFor("the broker", () -> trial.health().get("mqtt").contains("open on"));
        trial.sh("mkdir -p " + BIN + "/hostile && chmod 0755 " + BIN + " " + BIN + "/hostile");
        trial.write(
                BIN + "/hostile/hostile",
                "#!/usr/bin/python3\nexec(open('"
                        + SCRIPT
                        + "').read().rsplit('main()', 1)[0])\n"
                        + Files.readString(Path.of("src/test/resources/hostile_client.py")),
                "0755");
        trial.write(
                "/root/hostile.json",
                """
                {"id":"hostile","mqttTopics":{"allowedPublications":["Site/said"],
                 "allowedSubscriptions":["Site/said"]},"tasks":[{"command":"hostile"}]}
                """,
                "0600");
        Trial.Result added = trial.exec("kepm", "job", "add", "/root/hostile.json");
        assertThat(added.code()).as(added.both()).isZero();
        Trial.Result run = trial.exec("kepm", "job", "run", "hostile");
        assertThat(run.code()).as(run.both()).isZero();
        denied = trial.exec("kepm", "mqtt", "denials").out();
        tried =
                trial.json(
                        trial.json(trial.exec("kepm", "job", "log", "hostile", "--json").out())
                                .path("tasks")
                                .path(0)
                                .path("output")
                                .asText());
    }

    private static void came(String of, Map<String, Object> expected) {
        Map<String, Object> found = new TreeMap<>();
        tried.path(of)
                .properties()
                .forEach(
                        one ->
                                found.put(
                                        one.getKey(),
                                        one.getValue().isInt()
                                                ? (Object) one.getValue().asInt()
                                                : one.getValue().asText()));
        assertThat(found).as(of).isEqualTo(new TreeMap<>(expected));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    private static Trial.Result ask(String id, String secret) {
        return trial.sh(
                "echo '" + secret + "' | python3 " + SCRIPT + " 8675 /run/keeper/agent.crt " + id);
    }

    @Test
    void ab_43_the_broker_is_on_loopback_and_shows_the_certificate_of_the_api() {
        List<String> listening =
                trial.sh(
                                "ss -Hltnp | grep -F \"pid=$(cat /run/kepm-trial.agent),\" | awk '{print $4}' | sort")
                        .out()
                        .lines()
                        .toList();
        assertThat(listening).containsExactly("127.0.0.1:6888", "127.0.0.1:6889", "127.0.0.1:8675");
        String shown =
                "openssl s_client -connect 127.0.0.1:%d </dev/null 2>/dev/null | openssl x509"
                        + " -noout -fingerprint -sha256";
        assertThat(trial.sh(shown.formatted(8675)).out())
                .isNotEmpty()
                .isEqualTo(trial.sh(shown.formatted(6889)).out());
    }

    /** Members: root itself, a user, a name of the right form, one that is none. */
    @Test
    void ab_55_nobody_is_let_in_who_was_not_launched_and_it_is_told() {
        assertThat(ask("plugin:nobody", "guess").both()).contains("refused with code 4");
        assertThat(ask("root", "guess").both()).contains("refused with code 2");
        assertThat(
                        trial.as(
                                        "alice",
                                        "bash",
                                        "-c",
                                        "echo x | python3 "
                                                + SCRIPT
                                                + " 8675 /run/keeper/agent.crt plugin:alice")
                                .both())
                .contains("refused with code 4");
        assertThat(trial.exec("kepm", "mqtt", "denials").out())
                .contains("plugin:nobody", "plugin:alice", "connect");
        assertThat(trial.exec("kepm", "mqtt", "clients").out()).contains("Nobody is connected");
        assertThat(trial.as("alice", "kepm", "mqtt", "denials").code()).isNotZero();
        trial.waitFor(
                "the records",
                () ->
                        trial.audit("--type", "PROCESS_AUTHENTICATION_FAILED").stream()
                                        .filter(
                                                record ->
                                                        record.path("details")
                                                                .path("door")
                                                                .asText()
                                                                .equals("mqtt"))
                                        .count()
                                >= 3);
        assertThat(
                        trial.exec(
                                        "curl",
                                        "-s",
                                        "--unix-socket",
                                        "/run/keeper/agent.sock",
                                        "http://localhost/metrics")
                                .out())
                .containsPattern("kepm_mqtt_denials_total\\{kind=\"connect\"} [1-9]")
                .contains("kepm_mqtt_clients 0");
    }

    @Test
    void ab_47_bytes_that_are_no_mqtt_hold_up_no_decision() {
        trial.sh(
                "for i in $(seq 100); do head -c 4096 /dev/urandom | timeout 2 bash -c 'cat > /dev/tcp/127.0.0.1/8675' & done; wait");
        assertThat(trial.as("alice", "sudo", "-n", "true").both())
                .contains("no policy allows this");
        assertThat(ask("plugin:nobody", "guess").both()).contains("refused with code 4");
        assertThat(trial.health().get("mqtt")).startsWith("healthy");
    }

    /**
     * Members: the audit, another one's answers, what is undeclared, the broker's own, a wildcard.
     */
    @Test
    void ab_57_a_last_will_is_refused_where_its_client_may_not_publish() {
        came(
                "will",
                Map.of(
                        "AuditMessage", 5,
                        "plugin:other/Responses/1", 5,
                        "Other/x", 5,
                        "$SYS/x", 5,
                        "Site/+", 5,
                        "Site/said", 0));
    }

    /** Members: each character that means something, one that ends a text, no id at all. */
    @Test
    void ab_58_an_id_that_would_widen_a_pattern_is_refused() {
        tried.path("id")
                .properties()
                .forEach(
                        one ->
                                assertThat(one.getValue().asText())
                                        .as(one.getKey())
                                        .isIn("2", "ended"));
        assertThat(tried.path("id").size()).isEqualTo(6);
    }

    @Test
    void ab_55_without_the_secret_of_that_very_process_nobody_is_let_in() {
        came(
                "anonymous",
                Map.of(
                        "no user", 4,
                        "no secret", 4,
                        "another user", 4,
                        "wrong secret", 4,
                        "MQTT 5", 0x84,
                        "MQTT 3.1", 1));
    }

    /** Members: deep topics and filters, forms of `$share`, packets that are none. */
    @Test
    void ab_59_what_is_too_deep_or_malformed_ends_at_most_its_own_connection() {
        assertThat(tried.path("filter").path("deep").asInt()).isEqualTo(128);
        for (String share :
                List.of("$share/g/Site/said", "$share//Site/said", "$share", "$share/+/#")) {
            assertThat(tried.path("filter").path(share).asInt()).as(share).isEqualTo(128);
        }
        tried.path("malformed")
                .properties()
                .forEach(
                        one ->
                                assertThat(one.getValue().asText())
                                        .as(one.getKey())
                                        .isEqualTo("ended"));
        assertThat(tried.path("malformed").size()).isEqualTo(5);
        assertThat(tried.path("at once").asBoolean()).isTrue();
        assertThat(tried.path("second CONNECT").asText()).isEqualTo("ended");
        assertThat(trial.health().get("mqtt")).startsWith("healthy");
        assertThat(trial.as("alice", "sudo", "-n", "true").both())
                .contains("no policy allows this");
    }

    /** Members: the audit, answers to others, the broker's own: acknowledged, dropped, told. */
    @Test
    void ab_61_a_forged_message_reaches_nobody_and_is_told() {
        came(
                "topic",
                Map.of(
                        "AuditMessage", 4,
                        "plugin:other/Responses/1", 4,
                        "Other/said", 4,
                        "$SYS/x", 4,
                        "Events/Other", 4));
        assertThat(tried.path("lives").asBoolean()).isTrue();
        assertThat(denied)
                .contains("AuditMessage", "plugin:other/Responses/1", "Other/said", "$SYS/x")
                .contains("job:hostile:", "publish", "subscribe", "will");
        assertThat(trial.audit("--type", "AUTHORIZATION_FAILED").toString())
                .contains("\"topic\":\"AuditMessage\"", "\"topic\":\"plugin:other/Responses/1\"");
    }

    /**
     * Members: all there is, the broker's own, the audit, others' answers; a message that stays.
     */
    @Test
    void ab_62_nobody_hears_what_is_for_others_and_no_message_stays() {
        for (String wanted :
                List.of(
                        "#",
                        "+/#",
                        "$SYS/#",
                        "AuditMessage",
                        "KeeperPolicy",
                        "plugin:other/Responses/+",
                        "Site/#")) {
            assertThat(tried.path("filter").path(wanted).asInt()).as(wanted).isEqualTo(128);
        }
        assertThat(tried.path("filter").path("Site/said").asInt()).isEqualTo(1);
        assertThat(tried.path("retained").toString()).isEqualTo("[4,1,\"nothing\"]");
    }

    /** Members: at the broker and at the API, by a process that has inherited all of it. */
    @Test
    void ab_32_ab_62_another_process_with_the_right_secret_takes_nothing_over() {
        assertThat(tried.path("another process").asInt()).isEqualTo(4);
        assertThat(tried.path("stays").asBoolean()).isTrue();
        assertThat(tried.path("api by another process").asInt()).isEqualTo(401);
        assertThat(trial.audit("--type", "PROCESS_AUTHENTICATION_FAILED").toString())
                .contains("right secret, but the connection is not of process");
    }

    /** Members: the audit, tokens, a reload; what plugins may read, it reads. */
    @Test
    void ab_34_no_administrators_route_answers_to_what_was_launched() {
        came(
                "admin route",
                Map.of("tokens", 403, "audit", 403, "reload", 403, "plugins", 200, "jobs", 200));
        assertThat(trial.audit("--type", "AUTHORIZATION_FAILED").toString())
                .contains("\"route\":\"/api/tokens\"", "\"route\":\"/api/policies/reload\"");
    }

    /** A user who connects without end pushes out nobody but himself. */
    @Test
    void ab_47_a_flood_of_connections_leaves_the_doorstep_to_others() {
        trial.as("bob", "true");
        trial.write(
                "/usr/local/bin/knock.py",
                """
                import socket, time
                held, end = [], time.time() + 12
                while time.time() < end:
                    held.append(socket.create_connection(("127.0.0.1", 8675)))
                    held = held[-200:]
                """,
                "0755");
        trial.sh(
                "setsid setpriv --reuid=bob --clear-groups --regid=$(id -g bob) python3"
                        + " /usr/local/bin/knock.py >/dev/null 2>&1 &");
        for (int i = 0; i < 3; i++) {
            assertThat(ask("plugin:nobody", "guess").both()).contains("refused with code 4");
        }
        trial.sh("kill $(pgrep -u bob -f knock.py)");
    }

    /** Each door is a bundle of its own, and sudo's is none of these two. */
    @Test
    void f12_without_one_of_the_doors_the_others_and_sudo_go_on() {
        for (String door : List.of("mqtt", "https")) {
            shell("bundle:stop io.kepm." + door);
            assertThat(trial.as("alice", "sudo", "-n", "true").both())
                    .as(door)
                    .contains("no policy allows this");
            if (door.equals("mqtt")) {
                assertThat(trial.sh("ss -Hltn 'sport = :8675'").out()).isEmpty();
                assertThat(trial.health()).doesNotContainKey("mqtt");
            } else {
                assertThat(trial.exec("kepm", "status").code()).isNotZero();
            }
            shell("bundle:start io.kepm." + door);
            trial.waitFor(
                    "both doors",
                    () -> trial.health().getOrDefault("mqtt", "").contains("open on"));
            assertThat(ask("plugin:nobody", "guess").both()).contains("refused with code 4");
        }
    }

    private static void shell(String line) {
        assertThat(trial.exec("kepm", "shell", "--", line).code()).as(line).isZero();
    }
}
