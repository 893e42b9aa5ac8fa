package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Root keeps the store: new keys, backups, checks, anchors; nobody rotates evidence away. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StoreKeepingIT {

    private static final String STORE = "/opt/keeper/sbin/KeeperStorage";

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.as("alice", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/id", "{\"Regex\":\"-u\"}"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    @Order(1)
    void ab_108_refused_requests_of_one_user_are_summed_up_and_grants_are_not() {
        trial.as(
                "alice",
                "bash",
                "-c",
                "for i in $(seq 40); do sudo -n /usr/bin/id -g; done; sudo -n /usr/bin/id -u");
        List<JsonNode> refused = trial.audit("--type", "ELEVATION_REFUSED", "--user", "alice");
        assertThat(refused).hasSizeBetween(20, 22);
        assertThat(trial.audit("--type", "GRANT_CREATED")).hasSize(1);
        trial.waitForMinutes(
                "the sum",
                () ->
                        !trial.audit("--type", "POLICY_EVALUATION,ELEVATION_REFUSED").stream()
                                .filter(record -> record.path("outcome").asText().equals("SUMMARY"))
                                .toList()
                                .isEmpty());
        JsonNode sum =
                trial.audit("--type", "POLICY_EVALUATION,ELEVATION_REFUSED").stream()
                        .filter(record -> record.path("outcome").asText().equals("SUMMARY"))
                        .findFirst()
                        .orElseThrow();
        assertThat(sum.path("user_info").path("name").asText()).isEqualTo("alice");
        int counted = Integer.parseInt(sum.path("details").path("count").asText());
        assertThat(counted).isBetween(15, 20);
    }

    @Test
    @Order(2)
    void the_chain_is_signed_within_a_minute() {
        trial.waitForMinutes(
                "a checkpoint", () -> !trial.audit("--type", "AUDIT_CHECKPOINT").isEmpty());
        Trial.Result verify = trial.exec("kepm", "audit", "verify");
        assertThat(verify.code()).as(verify.both()).isZero();
        assertThat(verify.out()).contains("signed checkpoints");
    }

    @Test
    @Order(3)
    void ab_110_new_keys_are_used_at_once_and_open_what_was_there() {
        String before = trial.read(STORE + "/.master.key");
        Trial.Result rotated = trial.exec("kepm", "storage", "rotate-key");
        assertThat(rotated.code()).as(rotated.both()).isZero();
        assertThat(rotated.out()).contains("master key: new");
        assertThat(trial.read(STORE + "/.master.key")).isNotEqualTo(before);
        assertThat(trial.sh("stat -c '%a %U' " + STORE + "/.master.key").out().trim())
                .isEqualTo("400 root");
        trial.restart();
        assertThat(trial.exec("kepm", "storage", "check").out()).startsWith("sound");
        assertThat(trial.exec("kepm", "audit", "verify").code()).isZero();
        assertThat(trial.as("alice", "kepm", "storage", "rotate-key").code()).isEqualTo(126);
    }

    @Test
    @Order(4)
    void ab_105_a_backup_comes_back_whole_and_an_anchor_tells_that_it_is_older() {
        Trial.Result backup = trial.exec("kepm", "storage", "backup", "/root/store.backup");
        assertThat(backup.code()).as(backup.both()).isZero();
        assertThat(trial.exec("kepm", "storage", "backup", "/root/store.backup").both())
                .contains("is there already");
        trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u");
        assertThat(trial.exec("kepm", "audit", "export", "--file", "/root/anchor.jsonl").code())
                .isZero();
        Trial.Result anchored =
                trial.exec("kepm", "audit", "verify", "--anchor", "/root/anchor.jsonl");
        assertThat(anchored.code()).as(anchored.both()).isZero();
        assertThat(anchored.out()).doesNotContain("not anchored");

        assertThat(trial.exec("kepm", "storage", "restore", "/root/anchor.jsonl").both())
                .contains("no backup");
        Trial.Result restore = trial.exec("kepm", "storage", "restore", "/root/store.backup");
        assertThat(restore.code()).as(restore.both()).isZero();
        trial.restart();
        assertThat(trial.exec("kepm", "audit", "verify").code()).as("whole in itself").isZero();
        Trial.Result older =
                trial.exec("kepm", "audit", "verify", "--anchor", "/root/anchor.jsonl");
        assertThat(older.code()).isEqualTo(1);
        assertThat(older.out()).containsAnyOf("older copy", "is another one");
        assertThat(trial.audit("--type", "CONFIGURATION_CHANGED").toString())
                .contains("restored from a backup");
        assertThat(trial.sh("ls " + STORE).out()).contains("before-restore-");
        assertThat(trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u").out().trim())
                .isEqualTo("0");
    }

    @Test
    @Order(5)
    void ab_106_on_a_full_disk_the_reserve_serves_grants_first_and_then_elevation_ends() {
        trial.stop();
        trial.sh(
                "mkdir -p /root/kept && cp -a "
                        + STORE
                        + "/. /root/kept/ && mount -t tmpfs -o size=112m,mode=0750 tmpfs "
                        + STORE
                        + " && cp -a /root/kept/. "
                        + STORE
                        + "/ && rm -f "
                        + STORE
                        + "/.reserve");
        trial.start();
        trial.waitForMinutes("the reserve", () -> trial.exists(STORE + "/.reserve"));
        trial.sh("cat /dev/zero > " + STORE + "/filler 2>/dev/null; true");
        trial.waitFor("a warning", () -> trial.health().get("disk space").startsWith("degraded"));
        Trial.Result last = trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u");
        for (int i = 0; i < 200 && trial.exists(STORE + "/.reserve"); i++) {
            last = trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u");
        }
        assertThat(trial.exists(STORE + "/.reserve")).as("the reserve was given back").isFalse();
        assertThat(last.out().trim()).as(last.both()).isEqualTo("0");
        assertThat(trial.health().get("storage")).startsWith("unhealthy");
        trial.sh("cat /dev/zero >> " + STORE + "/filler 2>/dev/null; true");
        Trial.Result refused = trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u");
        for (int i = 0; i < 60 && refused.code() == 0; i++) {
            refused = trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u");
        }
        assertThat(refused.code()).isNotZero();
        assertThat(refused.both()).contains("can't be written").contains("no space left");
        trial.sh("rm " + STORE + "/filler");
        assertThat(trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u").code()).isZero();
        trial.waitForMinutes(
                "a healthy store", () -> trial.health().get("storage").startsWith("healthy"));
        assertThat(trial.exec("kepm", "audit", "verify").code()).isZero();
        trial.stop();
        trial.sh("umount " + STORE);
        trial.start();
    }
}
