package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The broker of the assembled agent: where it listens, whom it lets in, what is told of it. */
class MqttIT {

    private static final String SCRIPT = "/usr/local/bin/ask_by_broker.py";

    private static Trial trial;

    @BeforeAll
    static void up() throws IOException {
        trial = Trial.up();
        trial.write(
                SCRIPT, Files.readString(Path.of("src/test/resources/ask_by_broker.py")), "0755");
        trial.waitFor("the broker", () -> trial.health().get("mqtt").contains("open on"));
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
