package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Settings and the watch of configuration, on the assembled agent. */
class SettingsIT {

    private static final String FILE = "/opt/keeper/sbin/appsettings.json";

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    void a_setting_is_set_at_once_or_for_the_next_start_and_taken_back() {
        Trial.Result set = trial.exec("kepm", "settings", "set", "system.logging.level", "Debug");
        assertThat(set.out()).isEqualTo("KeeperLogger/system.logging.level is Debug now\n");
        assertThat(trial.health().get("log")).isEqualTo("healthy: level Debug");
        assertThat(trial.exec("kepm", "settings", "set", "log.format", "json").out())
                .contains("restart the agent");
        assertThat(trial.health().get("settings"))
                .startsWith("degraded: restart_pending: ")
                .endsWith("KeeperLogger/log.format was set");
        Trial.Result wrong = trial.exec("kepm", "settings", "set", "log.retention.days", "0");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("not an integer from 1 to 3650");
        assertThat(trial.exec("kepm", "settings", "revert", "KeeperLogger").code()).isZero();
        assertThat(trial.health().get("log")).isEqualTo("healthy: level Warning");
        assertThat(trial.exec("kepm", "settings", "list", "--changed").out())
                .doesNotContain("stored");
        assertThat(outcomes()).contains("SET", "REVERTED", "REFUSED");
        assertThat(trial.as("alice", "kepm", "settings", "list").code()).isEqualTo(126);
    }

    @Test
    void ab_139_what_widens_trust_is_not_set_by_the_api_and_the_try_is_on_record() {
        Trial.Result refused =
                trial.exec("kepm", "settings", "set", "AlternativeSignatures", "ab".repeat(32));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("a security setting", FILE);
        assertThat(
                        trial.audit(
                                "--filter",
                                "audit_event_type = CONFIGURATION_CHANGED AND details.setting ="
                                        + " KeeperPrivilegeManager/AlternativeSignatures"))
                .hasSize(1)
                .allMatch(record -> record.path("outcome").asText().equals("REFUSED"));
    }

    @Test
    void changes_of_configuration_are_on_record_also_those_made_while_the_agent_was_down() {
        String file = trial.read(FILE);
        trial.sh(
                "jq '.Settings.Elevation.PromptSeconds = 60' "
                        + FILE
                        + " > /root/new && cat /root/new > "
                        + FILE);
        trial.waitFor("the record", () -> !changes(FILE).isEmpty());
        JsonNode change = changes(FILE).get(0);
        assertThat(change.path("outcome").asText()).isEqualTo("CHANGED");
        assertThat(change.path("details").path("owner").asText()).isEqualTo("root");
        assertThat(change.path("details").path("changed").asText())
                .isEqualTo("Settings/Elevation/PromptSeconds");
        assertThat(change.path("details").path("sha256_before").asText()).hasSize(64);
        assertThat(trial.health().get("settings")).startsWith("degraded: restart_pending");
        assertThat(trial.exec("kepm", "settings", "get", "Elevation.PromptSeconds").out())
                .containsPattern("after a restart +60");
        trial.stop();
        trial.write("/etc/pam.d/kepm-test", "auth required pam_deny.so\n", "0644");
        trial.start();
        trial.waitFor("the record", () -> !changes("/etc/pam.d/kepm-test").isEmpty());
        assertThat(changes("/etc/pam.d/kepm-test").get(0).path("reason").asText())
                .contains("while it was down");
        assertThat(trial.exec("kepm", "settings", "get", "Elevation.PromptSeconds").out())
                .containsPattern("value +60");
        trial.write(FILE, file, "0644");
    }

    @Test
    void what_a_policy_sets_counts_until_it_goes_and_a_job_that_is_added_is_one_record() {
        String name = "KeeperPolicy/EvaluationsPerMinute";
        String job = "process-configuration-policies";
        trial.policy(
                "su.json",
                "[{\"PolicyId\": \"su\", \"PolicyName\": \"su\", \"PolicyType\": \"SettingsUpdate\","
                        + " \"Status\": \"enforce\", \"Extension\": {\"TargetFile\":"
                        + " \"appsettings.json\", \"SettingsJson\": {\"Settings\": {\"PolicyEngine\":"
                        + " {\"EvaluationsPerMinute\": 77}}}}}]");
        assertThat(trial.exec("kepm", "job", "run", job).code()).isZero();
        assertThat(trial.exec("kepm", "settings", "get", name).out())
                .containsPattern("value +77")
                .contains("a policy");
        assertThat(trial.exec("kepm", "settings", "set", name, "5").err())
                .contains("policy su sets it");
        trial.sh("rm /opt/keeper/sbin/policies/su.json && kepm policy reload");
        assertThat(trial.exec("kepm", "job", "run", job).code()).isZero();
        assertThat(trial.exec("kepm", "settings", "get", name).out()).containsPattern("value +100");

        trial.write(
                "/root/once.json",
                "{\"id\": \"once\", \"tasks\": [{\"command\": \"echo\"}]}",
                "0640");
        assertThat(trial.exec("kepm", "job", "add", "/root/once.json").code()).isZero();
        String file = "/opt/keeper/sbin/Jobs/once.json";
        trial.waitFor("the record", () -> !changes(file).isEmpty());
        assertThat(changes(file))
                .singleElement()
                .satisfies(
                        record ->
                                assertThat(record.path("details").path("by").asText())
                                        .isEqualTo("root"));
    }

    @Test
    void a_job_that_a_policy_adds_and_changes_runs_and_goes_with_the_policy() {
        String follow = "process-configuration-policies";
        updates("Add", "one");
        assertThat(trial.exec("kepm", "job", "run", follow).code()).isZero();
        assertThat(trial.exec("kepm", "job", "run", "of-policy").out()).contains("one");
        updates("Update", "two");
        assertThat(trial.exec("kepm", "job", "run", follow).code()).isZero();
        assertThat(trial.exec("kepm", "job", "run", "of-policy").out()).contains("two");
        trial.waitFor(
                "the record",
                () ->
                        changes("/opt/keeper/sbin/Jobs/of-policy.json").stream()
                                .anyMatch(
                                        one ->
                                                one.path("details")
                                                        .path("by")
                                                        .asText()
                                                        .equals("policy ju")));

        updates("Update", "x\"], \"retries\": [\"3");
        Trial.Result faulty = trial.exec("kepm", "job", "run", follow);
        assertThat(faulty.code()).as("an unknown member").isEqualTo(1);
        assertThat(trial.exec("kepm", "job", "run", "of-policy").out())
                .as("it is as it was")
                .contains("two");

        trial.sh("rm /opt/keeper/sbin/policies/ju.json && kepm policy reload");
        assertThat(trial.exec("kepm", "job", "run", follow).out()).contains("went with policy ju");
        assertThat(trial.exec("kepm", "job", "show", "of-policy").code()).isEqualTo(1);
    }

    private static void updates(String action, String said) {
        trial.policy(
                "ju.json",
                "[{\"PolicyId\": \"ju\", \"PolicyName\": \"ju\", \"PolicyType\": \"JobUpdate\","
                        + " \"Status\": \"enforce\", \"Extension\": {\"Action\": \""
                        + action
                        + "\", \"JobId\": \"of-policy\", \"Job\": {\"id\": \"of-policy\","
                        + " \"tasks\": [{\"type\": \"builtin\", \"command\": \"echo\", \"arguments\":"
                        + " [\""
                        + said
                        + "\"]}]}}}]");
    }

    private static List<JsonNode> changes(String path) {
        return trial.audit("--type", "CONFIGURATION_CHANGED", "--target", path);
    }

    private static List<String> outcomes() {
        return trial.audit("--type", "CONFIGURATION_CHANGED").stream()
                .map(record -> record.path("outcome").asText())
                .toList();
    }
}
