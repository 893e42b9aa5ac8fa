package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The end of a grant with real sudo, under a real systemd of the trial's own. Skipped where the
 * machine has none, or no cgroups for it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GrantIT {

    private static final String WORK = "/usr/local/sbin/work";
    private static Trial trial;

    @BeforeAll
    static void up() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/self/mountinfo")).contains(" - cgroup2 "),
                "this machine has no cgroups of version 2");
        trial = Trial.up(Map.of("KEPM_SYSTEMD", "yes"));
        trial.write(
                WORK,
                "#!/bin/bash\nsetsid sleep 6\"$1\"1 &\necho started; sleep 6\"$1\"2\necho over\n",
                "0755");
        trial.as("alice", "true");
        trial.as("bob", "true");
        trial.policy(
                "p.json",
                """
                {"PolicyId":"p1","PolicyName":"Work","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
                 "Extension":{"DurationMinutes":15,
                   "Commands":[{"Path":"/usr/local/sbin/work","Args":[{"Regex":"[0-9]"}]}]}}
                """);
    }

    @AfterAll
    static void down() {
        if (trial != null) {
            trial.close();
        }
    }

    @Test
    @Order(1)
    void ab_93_a_limited_command_runs_in_a_scope_and_is_ended_with_it_when_its_owner_releases_it() {
        String grant = start(1);
        assertThat(
                        trial.exec(
                                        "systemctl",
                                        "show",
                                        "-p",
                                        "RuntimeMaxUSec",
                                        "--value",
                                        unit(grant))
                                .out())
                .isEqualTo("15min\n");
        assertThat(trial.sh("cat /proc/$(pgrep -fx 'sleep 611')/cgroup").out())
                .contains("/kepm.slice/" + unit(grant));
        Trial.Result other = trial.as("bob", "kepm", "release", grant);
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("no such grant of yours");
        assertThat(trial.as("alice", "kepm", "grants").out()).contains(grant, " min ");
        assertThat(trial.as("bob", "kepm", "extend", grant).err())
                .contains("no such grant of yours");
        trial.waitFor(
                "some time to be over",
                () -> trial.as("alice", "kepm", "extend", grant.substring(0, 8)).code() == 0);
        assertThat(
                        trial.exec(
                                        "systemctl",
                                        "show",
                                        "-p",
                                        "RuntimeMaxUSec",
                                        "--value",
                                        unit(grant))
                                .out())
                .as("what PID 1 ends it by")
                .startsWith("15min ");
        assertThat(record("GRANT_EXTENDED", grant).path("outcome").asText()).isEqualTo("OK");
        assertThat(running("611") && running("612")).isTrue();
        Trial.Result released = trial.as("alice", "kepm", "release", grant.substring(0, 8));
        assertThat(released.both()).contains("grant " + grant + " is over");
        assertNothingRuns(1, grant);
        assertThat(trial.read("/tmp/out1")).startsWith("started").doesNotContain("over");
        JsonNode revoked = record("GRANT_REVOKED", grant);
        assertThat(revoked.path("outcome").asText()).isEqualTo("RELEASED");
        assertThat(revoked.path("reason").asText()).contains("given back by `alice`");
        JsonNode ended = record("ELEVATION_ENDED", grant);
        assertThat(ended.path("details").path("ending").asText()).isEqualTo("released");
        assertThat(ended.path("details").path("duration_ms").asLong()).isPositive();
    }

    @Test
    @Order(2)
    void
            ab_92_after_kill_9_what_runs_is_kept_and_what_nobody_holds_is_gone_before_the_doors_open() {
        String kept = start(2);
        String orphan = start(3);
        trial.kill();
        // While no agent runs: one sudo dies, another scope has no grant, the rest goes on.
        trial.exec("pkill", "-KILL", "-fx", "sudo -n " + WORK + " 3");
        trial.exec("pkill", "-KILL", "-fx", "sleep 632");
        trial.sh(
                "systemd-run -q --scope --slice=kepm.slice --unit=kepm-grant-nobodys.scope sleep 691"
                        + " >/dev/null 2>&1 &");
        trial.waitFor("the scope", () -> running("691"));
        trial.start();
        assertThat(running("691")).as("a scope that no grant holds").isFalse();
        assertThat(running("621") && running("622")).as("a grant that runs").isTrue();
        // What the dead sudo left in its scope is the grant's still, until that is taken back.
        assertThat(running("631")).isTrue();
        assertThat(trial.exec("kepm", "grants").out()).contains(kept, orphan);
        assertThat(record("ELEVATION_ENDED", orphan).path("outcome").asText()).isEqualTo("UNKNOWN");
        for (String grant : List.of(kept, orphan)) {
            assertThat(trial.exec("kepm", "release", grant).code()).isZero();
        }
        assertNothingRuns(2, kept);
        assertNothingRuns(3, orphan);
        assertThat(record("GRANT_REVOKED", kept).path("reason").asText())
                .contains("taken back by `root`");
    }

    @Test
    @Order(3)
    void ab_13_what_sudo_cant_carry_runs_in_a_unit_of_its_own_and_is_ended_with_its_grant() {
        trial.write(
                "/usr/local/sbin/kept",
                "#!/bin/bash\ncd /; echo tz=$TZ home=$HOME preload=$LD_PRELOAD umask=$(umask) "
                        + "from=$SUDO_USER; grep -o 'kepm-grant-.*' /proc/self/cgroup | sort -u; "
                        + "tty; [ \"$1\" != 4 ] || sleep 641; exit 3\n",
                "0755");
        trial.policy(
                "p2.json",
                """
                {"PolicyId":"p2","PolicyName":"Kept","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
                 "Extension":{"KeepEnv":["TZ"],
                   "Commands":[{"Path":"/usr/local/sbin/kept","Args":[{"Regex":"[0-9]"}]}]}}
                """);
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/kept", "1").both())
                .contains("kept environment variables", "run: kepm run -- /usr/local/sbin/kept 1");
        Trial.Result ran =
                trial.as(
                        "alice",
                        "env",
                        "TZ=UTC",
                        "LD_PRELOAD=/none.so",
                        "kepm",
                        "run",
                        "--",
                        "/usr/local/sbin/kept",
                        "1");
        assertThat(ran.code()).as(ran.both()).isEqualTo(3);
        assertThat(ran.out())
                .contains("tz=UTC home=/root preload= umask=0022 from=alice\n")
                .contains(".service\n", "not a tty\n");
        trial.waitFor(
                "the record of its end",
                () ->
                        trial.audit("--type", "ELEVATION_ENDED").stream()
                                .anyMatch(
                                        ended ->
                                                ended.path("details")
                                                        .path("status")
                                                        .asText()
                                                        .equals("3")));
        assertThat(trial.as("alice", "kepm", "run", "id").code()).isEqualTo(1);
        String told = kept();
        assertThat(trial.sh("cat /proc/$(pgrep -fx 'sleep 641')/cgroup").out())
                .contains("/kepm.slice/kepm-grant-" + told + ".service");
        assertThat(trial.sh("cat /proc/$(pgrep -fx 'sleep 641')/loginuid").out())
                .isEqualTo(trial.exec("id", "-u", "alice").out().trim());
        assertThat(trial.as("alice", "kepm", "release", told).code()).isZero();
        trial.waitFor("its end", () -> trial.read("/tmp/out4").contains("code"));
        assertThat(trial.read("/tmp/out4")).contains("was given back", "code 143");
        assertThat(record("ELEVATION_ENDED", told).path("outcome").asText()).isEqualTo("SIGNAL");
        String kept = kept();
        trial.kill();
        trial.start();
        assertThat(running("641")).as("a command whose agent was killed").isTrue();
        assertThat(trial.exec("kepm", "grants").out()).contains(kept);
        assertThat(trial.as("alice", "kepm", "release", kept).code()).isZero();
        trial.waitFor("its end", () -> trial.read("/tmp/out4").contains("code 143"));
        trial.waitFor(
                "the end of the grant", () -> !trial.exec("kepm", "grants").out().contains(kept));
    }

    @Test
    @Order(4)
    void ab_137_a_file_system_that_never_lets_go_holds_nobody_but_its_own_command()
            throws IOException {
        trial.write("/usr/local/sbin/never-lets-go.py", resource("never-lets-go.py"), "0755");
        String ids = "$(id -u alice) $(id -g alice)";
        trial.sh(
                "mkdir /run/never; setsid python3 /usr/local/sbin/never-lets-go.py /run/never "
                        + ids
                        + " >/tmp/never 2>&1 &");
        trial.waitFor(
                "the file system",
                () -> trial.as("alice", "test", "-f", "/run/never/file").code() == 0);
        trial.as(
                "alice",
                "bash",
                "-c",
                // It never closes the file itself, which would hold it as well.
                "python3 -c \"import os; fd = os.open('/run/never/file', os.O_WRONLY);"
                        + " os.set_inheritable(fd, True); os.dup2(fd, 1);"
                        + " os.execvp('kepm', ['kepm', 'run', '--', '/usr/local/sbin/kept', '1'])\""
                        + " 2>/tmp/stuck &");
        trial.waitFor(
                "a command that can't begin",
                () -> trial.read("/tmp/stuck").contains("could not be started"));
        Trial.Result other = trial.as("alice", "kepm", "run", "--", "/usr/local/sbin/kept", "1");
        assertThat(other.code()).as(other.both()).isEqualTo(3);
        trial.kill();
        trial.start();
        other = trial.as("alice", "kepm", "run", "--", "/usr/local/sbin/kept", "1");
        assertThat(other.code()).as(other.both()).isEqualTo(3);
        trial.exec("pkill", "-KILL", "-f", "never-lets-go.py");
        trial.exec("umount", "-l", "/run/never");
    }

    @Test
    @Order(5)
    void ab_137_a_socket_that_lingers_cant_be_passed_to_the_agent_and_holds_its_own_command_alone()
            throws IOException {
        trial.write(
                "/usr/local/sbin/passes-what-lingers.py",
                resource("passes-what-lingers.py"),
                "0755");
        trial.as(
                "alice",
                "bash",
                "-c",
                "cd /; python3 /usr/local/sbin/passes-what-lingers.py /usr/local/sbin/kept 1"
                        + " >/tmp/lingers 2>&1 &");
        trial.waitFor(
                "what lingers lies at its supervisor",
                () -> trial.read("/tmp/lingers").contains("to the supervisor: passed"));
        Trial.Result other = trial.as("alice", "kepm", "run", "--", "/usr/local/sbin/kept", "1");
        assertThat(other.code()).as(other.both()).isEqualTo(3);
        trial.waitFor("its answer", () -> trial.read("/tmp/lingers").contains("answer: "));
        assertThat(trial.read("/tmp/lingers"))
                .contains("to the agent: Operation not permitted\n")
                .contains("answer: deny denied: it could not be started");
    }

    @Test
    @Order(6)
    void what_a_command_shows_is_recorded_and_what_nobody_records_does_not_go_on() {
        trial.write(
                "/usr/local/sbin/seen",
                "#!/bin/bash\ntrap '' HUP TERM PIPE\necho on $(tty); echo shown to $SUDO_USER >&2\n"
                        + "[ \"$1\" != 6 ] || { sleep 661; }\nexit 3\n",
                "0755");
        trial.policy(
                "p4.json",
                """
                {"PolicyId":"p4","PolicyName":"Seen","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["ALLOW","RECORD"]}},
                 "Extension":{
                   "Commands":[{"Path":"/usr/local/sbin/seen","Args":[{"Regex":"[0-9]"}]}]}}
                """);
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/seen", "1").both())
                .contains("a session recording", "run: kepm run -- /usr/local/sbin/seen 1");
        Trial.Result ran =
                trial.as(
                        "alice",
                        "script",
                        "-qec",
                        "kepm run -- /usr/local/sbin/seen 1; echo code $?",
                        "/dev/null");
        assertThat(ran.out()).contains("on /dev/pts/", "shown to alice", "code 3");
        trial.waitFor("its end", () -> sessions().contains(" whole "));
        String id = sessions().lines().skip(1).findFirst().orElseThrow().split(" ")[0];
        Trial.Result played = trial.exec("kepm", "session", "play", id);
        assertThat(played.out()).contains("on /dev/pts/", "shown to alice");
        assertThat(trial.exec("kepm", "session", "export", id).out())
                .startsWith("{\"version\":2,\"width\":");
        assertThat(trial.as("alice", "kepm", "session", "list").code()).isNotZero();
        assertThat(trial.sh("grep -rl 'shown to' /var/lib/kepm/sessions").out()).isEmpty();
        assertThat(trial.audit("--type", "SESSION_RECORDED").toString()).contains("sha256", id);

        trial.as("alice", "bash", "-c", "kepm run -- /usr/local/sbin/seen 6 >/tmp/out6 2>&1 &");
        trial.waitFor("the command", () -> running("661"));
        trial.kill();
        trial.waitFor("the end of what is not recorded", () -> !running("661"));
        trial.start();
        assertThat(sessions()).contains(" cut ").doesNotContain(" running ");
        trial.sh("echo >> /var/lib/kepm/sessions/" + id + ".session");
        assertThat(trial.exec("kepm", "session", "play", id).both())
                .contains("not the one that is on record");
    }

    private static String sessions() {
        return trial.exec("kepm", "session", "list").out();
    }

    @Test
    @Order(7)
    void ab_16_an_ephemeral_account_has_no_rights_of_its_own_and_leaves_nothing() {
        trial.write(
                "/usr/local/sbin/own",
                "#!/bin/bash\ncd\nid -un; id -G; pwd; touch own; chmod u+s own 2>/dev/null || echo set-uid refused\nsudo -n id 2>&1 | head -n 1\n"
                        + "kepm run -- /usr/local/sbin/kept 1 2>&1 | head -n 1\n"
                        + "touch /tmp/left-by-it; setsid sleep 651 &\n"
                        + "[ \"$1\" != 5 ] || sleep 652\n",
                "0755");
        trial.policy(
                "p3.json",
                """
                {"PolicyId":"p3","PolicyName":"Own","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
                 "Extension":{"EphemeralAccount":true,
                   "Commands":[{"Path":"/usr/local/sbin/own","Args":[{"Regex":"[0-9]"}]}]}}
                """);
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/own", "1").both())
                .contains("an ephemeral account", "run: kepm run -- /usr/local/sbin/own 1");
        Trial.Result ran = trial.as("alice", "kepm", "run", "--", "/usr/local/sbin/own", "1");
        List<String> said = ran.out().lines().toList();
        assertThat(said).as(ran.both()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(said.get(0)).matches("keeperusersession-[0-9a-f]{12}");
        assertThat(said.get(1)).matches("5[78][0-9]{3}");
        assertThat(ran.out()).contains("set-uid refused\n");
        assertThat(said.get(2)).isEqualTo("/run/keeper/homes/" + said.get(0));
        assertThat(ran.out()).doesNotContain("uid=0").doesNotContain("tz=");
        assertThat(record("ELEVATION_STARTED", grantOf(said.get(0))).path("outcome").asText())
                .isEqualTo("ALLOW");
        trial.waitFor("the end of its account", () -> madeAccounts().isEmpty());
        assertThat(running("651")).isFalse();
        assertThat(trial.exec("ls", "/run/keeper/homes").out()).isEmpty();
        assertThat(trial.exec("test", "-e", "/tmp/left-by-it").code()).isEqualTo(1);

        trial.as("alice", "bash", "-c", "kepm run -- /usr/local/sbin/own 5 >/tmp/out5 2>&1 &");
        trial.waitFor("the command", () -> running("652"));
        trial.kill();
        trial.sh("systemctl kill -s KILL 'kepm-grant-*.service'");
        assertThat(madeAccounts()).hasSize(1);
        trial.sh("useradd -u 57500 -M keeperusersession-0abc");
        trial.start();
        trial.waitFor("the end of all accounts", () -> madeAccounts().isEmpty());
    }

    /** The last one: sudo is gone for good. */
    @Test
    @Order(8)
    void every_cell_of_the_outcome_table_holds_by_kepm_run_where_there_is_no_sudo() {
        Rows.write(trial);
        trial.otherUser("dora");
        trial.write("/etc/sudoers.d/dora", "dora ALL=(ALL) NOPASSWD: ALL\n", "0440");
        trial.policy("p9.json", Policies.table(Rows.EFFECT, "alice", "dora"));
        trial.sh("chmod u-s /usr/bin/sudo");
        String[] run = {"/usr/libexec/kepm/kepm-run", "-m", "the printer is stuck again", "--"};
        for (String user : List.of("alice", "dora")) {
            trial.sh("rm -f /root/effects");
            assertThat(Rows.of(trial, user, run))
                    .as(user)
                    .isEqualTo("allow 0, ask 0, never 126, silent 126, guard 126");
            assertThat(trial.read("/root/effects")).isEqualTo("0 0 allow\n0 0 ask\n");
        }
        trial.sh("mkdir -m 700 /root/hidden; cp /usr/bin/true /root/hidden/tool");
        Result there = trial.as("alice", run[0], "--", "/root/hidden/tool");
        Result gone = trial.as("alice", run[0], "--", "/root/hidden/gone");
        assertThat(there.both()).contains("no policy allows this");
        assertThat(gone.both()).as("ab_101").isEqualTo(there.both());
        assertThat(gone.code()).isEqualTo(there.code());
        trial.sh("chmod 777 /root/hidden/tool");
        Result open = trial.as("alice", run[0], "--", "/root/hidden/tool");
        assertThat(open.both()).as("ab_101, others could change it").isEqualTo(there.both());
        assertThat(trial.audit("--type", "POLICY_EVALUATION").toString())
                .contains("guard:unsafe-target");
        trial.stop();
        for (String user : List.of("alice", "dora")) {
            assertThat(Rows.of(trial, user, run))
                    .as(user)
                    .isEqualTo("allow 125, ask 125, never 125, silent 125, guard 125");
        }
        trial.start();
    }

    private static List<String> madeAccounts() {
        return trial.sh("getent passwd")
                .out()
                .lines()
                .filter(line -> line.startsWith("keeperusersession-"))
                .toList();
    }

    /** The grant that an account was made for. */
    private static String grantOf(String account) {
        return trial.audit("--type", "ELEVATION_STARTED").stream()
                .map(record -> record.path("details"))
                .filter(details -> details.path("account").asText().equals(account))
                .findFirst()
                .orElseThrow()
                .path("grant")
                .asText();
    }

    private static String resource(String name) throws IOException {
        try (var in = GrantIT.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** Has a command of {@code kepm run} in the background; the id of its grant. */
    private static String kept() {
        // The former one is on record as ended a moment before it is listed no more.
        trial.waitFor("the end of the former grant", () -> grants().isEmpty());
        trial.as(
                "alice",
                "bash",
                "-c",
                "(kepm run -- /usr/local/sbin/kept 4; echo code $?) >/tmp/out4 2>&1 &");
        trial.waitFor("the command", () -> running("641") && grants().size() == 1);
        return grants().path(0).path("id").asText();
    }

    private static JsonNode grants() {
        return trial.json(trial.exec("kepm", "grants", "--json").out()).path("items");
    }

    /** Runs it in the background; the id of its grant. */
    private static String start(int number) {
        trial.as(
                "alice",
                "bash",
                "-c",
                "sudo -n " + WORK + " " + number + " >/tmp/out" + number + " 2>&1 &");
        trial.waitFor("the command", () -> running("6" + number + "1"));
        return trial
                .json(trial.exec("kepm", "grants", "--json").out())
                .path("items")
                .findParents("argv")
                .stream()
                .filter(item -> item.path("argv").path(1).asText().equals("" + number))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
    }

    private static void assertNothingRuns(int number, String grant) {
        trial.waitFor(
                "the end of all of it",
                () -> !running("6" + number + "1") && !running("6" + number + "2"));
        trial.waitFor(
                "the end of the grant", () -> !trial.exec("kepm", "grants").out().contains(grant));
        trial.waitFor(
                "the end of its unit",
                () ->
                        !trial.exec("systemctl", "list-units", "--all", "kepm-grant-*")
                                .out()
                                .contains(grant));
    }

    private static boolean running(String seconds) {
        return trial.exec("pgrep", "-fx", "(/usr/bin/)?sleep " + seconds).code() == 0;
    }

    private static String unit(String grant) {
        return "kepm-grant-" + grant + ".scope";
    }

    /** The last one; who ended a command hears of it before it is on record. */
    private static JsonNode record(String type, String grant) {
        trial.waitFor(type + " of " + grant, () -> !records(type, grant).isEmpty());
        List<JsonNode> all = records(type, grant);
        return all.get(all.size() - 1);
    }

    private static List<JsonNode> records(String type, String grant) {
        return trial.audit("--type", type).stream()
                .filter(record -> record.path("details").path("grant").asText().equals(grant))
                .toList();
    }
}
