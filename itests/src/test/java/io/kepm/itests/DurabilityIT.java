package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nothing takes effect that is not on record, and nothing on record is lost, however the agent
 * ends.
 */
class DurabilityIT {

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.write("/usr/local/sbin/effect", "#!/bin/sh\necho \"$1\" >> /root/effects\n", "0755");
        trial.as("alice", "true");
        trial.policy(
                "p.json",
                Policies.allow(
                        "p1", "alice", "/usr/local/sbin/effect", "{\"Regex\":\"[0-9a-z-]+\"}"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    void ab_111_after_kill_9_in_a_burst_effects_and_records_agree_in_both_directions() {
        int rounds = Integer.getInteger("kepm.killRounds", 20);
        for (int round = 1; round <= rounds; round++) {
            burst(round);
        }
        Set<String> effects = new TreeSet<>(trial.read("/root/effects").lines().toList());
        List<JsonNode> started = allRecords("ELEVATION_STARTED");
        Set<String> recorded =
                started.stream()
                        .filter(
                                r ->
                                        r.path("target_info")
                                                .path("path")
                                                .asText()
                                                .endsWith("/effect"))
                        .map(r -> r.path("target_info").path("argv").path(1).asText())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(effects.size()).isGreaterThanOrEqualTo(rounds * 10);
        assertThat(recorded).as("no effect without its record").containsAll(effects);
        // The other way round: an allow that is on record was given, unless the agent died in the
        // same
        // instant, between its sync and its answer; then the plugin refused. At most one for each
        // caller.
        Set<String> withoutEffect = new TreeSet<>(recorded);
        withoutEffect.removeAll(effects);
        assertThat(withoutEffect).as("records without effect").hasSizeLessThanOrEqualTo(rounds * 8);
        Trial.Result verify = trial.exec("kepm", "audit", "verify");
        assertThat(verify.code()).as(verify.both()).isZero();
        assertThat(trial.audit("--type", "AGENT_GAP")).hasSize(rounds);
        List<JsonNode> ended = withoutEffect.isEmpty() ? List.of() : allRecords("ELEVATION_ENDED");
        System.out.printf(
                "%d kills: %,d effects, %,d records of such, %d of them without effect%n",
                rounds, effects.size(), recorded.size(), withoutEffect.size());
        for (String name : withoutEffect) {
            assertThat(endOf(started, ended, name))
                    .as("the record of %s says that its end is unknown", name)
                    .isTrue();
        }
    }

    @Test
    void f3_without_descriptors_nothing_runs_and_with_them_all_goes_on() {
        String agent = trial.read("/run/kepm-trial.agent").trim();
        String limits =
                trial.sh("prlimit --pid " + agent + " --nofile -o SOFT,HARD --noheadings").out();
        String[] usual = limits.trim().split("\\s+");
        trial.sh("prlimit --pid " + agent + " --nofile=8:" + usual[1]);
        try {
            assertThat(
                            trial.sh(
                                            "timeout 60 runuser -u alice -- sudo -n"
                                                    + " /usr/local/sbin/effect without-descriptors")
                                    .code())
                    .isNotZero();
        } finally {
            trial.sh("prlimit --pid " + agent + " --nofile=" + usual[0] + ":" + usual[1]);
        }
        assertThat(trial.read("/root/effects")).doesNotContain("without-descriptors");
        // A canary that could not look takes the drop-in away, and looks again after a minute.
        trial.waitForMinutes(
                "decisions again",
                () ->
                        trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "with-them")
                                        .code()
                                == 0);
        assertThat(trial.read("/root/effects")).contains("with-them");
        assertThat(trial.exec("kepm", "audit", "verify").code()).isZero();
        // What could not be looked at is looked at again in its own time.
        trial.waitForMinutes("a good health", () -> trial.exec("kepm", "status").code() == 0);
    }

    @Test
    void the_sync_comes_before_the_answer() {
        trial.sh(
                "strace -f -tt -e trace=fsync,fdatasync,sendmsg,sendto,write,pwrite64 -s 200 -o /root/trace"
                        + " -p $(cat /run/kepm-trial.agent) >/dev/null 2>&1 & echo $! > /root/strace.pid");
        trial.waitFor(
                "every thread to be traced",
                () ->
                        trial.sh(
                                                "cat /proc/$(cat /run/kepm-trial.agent)/task/*/status"
                                                        + " | grep -P '^TracerPid:\\t0$'")
                                        .code()
                                != 0);
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "traced").code())
                .isZero();
        trial.waitFor(
                "the answer in the trace",
                () -> trial.sh("grep -q 'op[=]allow\\|op.75allow' /root/trace").code() == 0);
        trial.sh("kill $(cat /root/strace.pid)");
        trial.waitFor(
                "the end of the trace",
                () -> trial.sh("kill -0 $(cat /root/strace.pid)").code() != 0);
        List<String> lines = trial.read("/root/trace").lines().toList();
        int answer = indexOf(lines, "op=allow", 0);
        assertThat(answer).as("the answer frame is in the trace").isPositive();
        int sync = lastIndexBefore(lines, answer);
        assertThat(sync).as("a sync stands before it").isNotNegative();
    }

    private static void burst(int round) {
        String line =
                "for c in 1 2 3 4 5 6 7 8; do ( for i in $(seq 10); do sudo -n /usr/local/sbin/effect r"
                        + round
                        + "-$c-$i >/dev/null 2>&1; done ) & done; wait";
        Thread killer =
                new Thread(
                        () -> {
                            trial.waitFor(
                                    "a dozen effects of the round",
                                    () ->
                                            trial.sh("grep -c ^r" + round + "- /root/effects")
                                                                    .out()
                                                                    .trim()
                                                                    .length()
                                                            > 1
                                                    && Integer.parseInt(
                                                                    trial.sh(
                                                                                    "grep -c ^r"
                                                                                            + round
                                                                                            + "- /root/effects")
                                                                            .out()
                                                                            .trim())
                                                            > 12);
                            trial.kill();
                        });
        killer.start();
        trial.as("alice", "bash", "-c", line);
        try {
            killer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        trial.start();
    }

    private static boolean endOf(List<JsonNode> started, List<JsonNode> ended, String name) {
        String grant =
                started.stream()
                        .filter(
                                r ->
                                        r.path("target_info")
                                                .path("argv")
                                                .path(1)
                                                .asText()
                                                .equals(name))
                        .findFirst()
                        .orElseThrow()
                        .path("details")
                        .path("grant")
                        .asText();
        return ended.stream()
                .anyMatch(
                        r ->
                                r.path("details").path("grant").asText().equals(grant)
                                        && r.path("outcome").asText().equals("UNKNOWN"));
    }

    private static List<JsonNode> allRecords(String type) {
        List<JsonNode> all = new java.util.ArrayList<>();
        String after = "";
        while (true) {
            List<JsonNode> page =
                    after.isEmpty()
                            ? trial.audit("--type", type)
                            : trial.audit("--type", type, "--after", after);
            all.addAll(page);
            if (page.size() < 1000) {
                return all;
            }
            after = page.get(page.size() - 1).path("seq").asText();
        }
    }

    private static int indexOf(List<String> lines, String text, int from) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).contains(text) || lines.get(i).contains(text.replace("=", "\\75"))) {
                return i;
            }
        }
        return -1;
    }

    private static int lastIndexBefore(List<String> lines, int end) {
        for (int i = end - 1; i >= 0; i--) {
            if (lines.get(i).contains("fdatasync(") || lines.get(i).contains("fsync(")) {
                return i;
            }
        }
        return -1;
    }
}
