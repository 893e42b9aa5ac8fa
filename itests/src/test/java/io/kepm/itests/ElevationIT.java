package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The story: a governed user types sudo, policy decides, sudo obeys, the record survives. */
class ElevationIT {

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.write(
                "/usr/local/sbin/effect",
                "#!/bin/sh\necho \"uid=$(id -u) $*\" >> /root/effects\nexit 7\n",
                "0755");
        trial.as("alice", "true");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @BeforeEach
    void clean() {
        trial.noPolicies();
        trial.sh("rm -f /root/effects");
    }

    @Test
    void an_allowed_command_runs_as_root_and_its_exit_code_comes_back() {
        trial.policy(
                "p.json", Policies.allow("p1", "alice", "/usr/local/sbin/effect", "\"nginx\""));
        Result result = trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx");
        assertThat(result.code()).as(result.both()).isEqualTo(7);
        assertThat(effects()).isEqualTo("uid=0 nginx\n");
        trial.waitFor(
                "its end on record",
                () ->
                        trial.audit("--type", "ELEVATION_ENDED").stream()
                                .map(record -> record.path("details").path("status").asText())
                                .anyMatch("7"::equals));
        JsonNode ended = last("ELEVATION_ENDED");
        assertThat(ended.path("details").path("status").asText()).isEqualTo("7");
        assertThat(ended.path("user_info").path("name").asText()).isEqualTo("alice");
        JsonNode decision = last("POLICY_EVALUATION");
        assertThat(decision.path("outcome").asText()).isEqualTo("ALLOW");
        assertThat(decision.path("policy_uid").asText()).isEqualTo("p1");
        assertThat(decision.path("target_info").path("sha256").asText()).hasSize(64);
    }

    @Test
    void without_a_policy_a_governed_user_gets_nothing_and_learns_why() {
        Result result = trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.both()).contains("no policy allows this").contains("kepm list");
        assertThat(effects()).isEmpty();
    }

    @Test
    void ab_09_what_a_shell_starts_is_judged_when_policy_wants_it() {
        trial.policy("e.json", Policies.allow("p2", "alice", "/usr/local/sbin/effect", "\"in\""));
        trial.policy("s.json", judgedInside("/usr/bin/dash"));
        awaitDropIn("grep -q 'INTERCEPT: /usr/bin/dash'");
        String line = "/usr/local/sbin/effect in; /usr/bin/cat /etc/shadow; exit 3";
        Result result = trial.as("alice", "sudo", "-n", "dash", "-c", line);
        assertThat(result.code()).as(result.both()).isEqualTo(3);
        // The `id` that the program starts in turn is judged as well.
        assertThat(effects()).isEqualTo("uid= in\n");
        assertThat(result.both()).contains("no policy allows this").doesNotContain("root:");
        trial.waitFor(
                "its end on record",
                () -> trial.audit("--type", "ELEVATION_ENDED").toString().contains("INSIDE"));
        // By the calls of 32-bit programs sudo is passed by: there are none inside.
        trial.write("/usr/local/sbin/by32", BY_32_BITS, "0755");
        trial.policy("b.json", Policies.allow("p3", "alice", "/usr/local/sbin/by32", ""));
        assertThat(trial.exec("/usr/local/sbin/by32").out()).startsWith("started\n");
        Result by32 = trial.as("alice", "sudo", "-n", "dash", "-c", "/usr/local/sbin/by32; exit 3");
        assertThat(by32.both()).contains("started").doesNotContain("uid=");
        // Not traced, since policy does not name it by its path: refused rather than let run.
        trial.policy("s.json", judgedInside("/usr/bin/das?"));
        awaitDropIn("! grep -q INTERCEPT");
        Result refused = trial.as("alice", "sudo", "-n", "dash", "-c", line);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.both()).contains("name the program by its path");
    }

    @Test
    void a_deny_wins_and_is_named() {
        trial.policy("a.json", Policies.everything("all", "alice"));
        trial.policy("d.json", Policies.deny("never", "*", "/usr/local/sbin/effect"));
        Result result = trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.both()).contains("never");
        assertThat(effects()).isEmpty();
    }

    @Test
    void ab_03_extra_or_other_arguments_never_slip_through() {
        trial.policy(
                "p.json", Policies.allow("p1", "alice", "/usr/local/sbin/effect", "\"nginx\""));
        for (List<String> args :
                List.of(
                        List.of("nginx", "--now"),
                        List.<String>of(),
                        List.of("nginx; reboot"),
                        List.of("nginx\nreboot"),
                        List.of("NGINX"))) {
            String[] command =
                    java.util.stream.Stream.concat(
                                    java.util.stream.Stream.of(
                                            "sudo", "-n", "/usr/local/sbin/effect"),
                                    args.stream())
                            .toArray(String[]::new);
            assertThat(trial.as("alice", command).code()).as("%s", args).isEqualTo(1);
        }
        assertThat(effects()).isEmpty();
    }

    @Test
    void ab_133_only_paths_that_nobody_but_root_can_swap_match_below_a_prefix() {
        trial.policy(
                "p.json",
                Policies.allow(
                        "p1", "alice", "/usr/local/sbin/effect", "{\"PathUnder\":\"/srv/site\"}"));
        trial.sh(
                "mkdir -p /srv/site/open && touch /srv/site/page /srv/site/open/page"
                        + " && chown alice /srv/site/open && ln -sf /etc/shadow /srv/site/link");
        assertThat(
                        trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "/srv/site/page")
                                .code())
                .isEqualTo(7);
        for (String path :
                List.of(
                        "/srv/site/link",
                        "/srv/site/open/page",
                        "/srv/site/missing",
                        "/srv/site/../../etc/shadow",
                        "/srv/site",
                        "/srv/sitemap")) {
            assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", path).code())
                    .as(path)
                    .isEqualTo(1);
        }
        assertThat(effects()).isEqualTo("uid=0 /srv/site/page\n");
    }

    @Test
    void ab_11_an_argument_passes_as_one_literal() {
        trial.policy(
                "p.json",
                Policies.allow("p1", "alice", "/usr/local/sbin/effect", "{\"Any\":true}"));
        trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "$(id) `id` ; id");
        assertThat(effects()).isEqualTo("uid=0 $(id) `id` ; id\n");
    }

    @Test
    void a_reason_is_asked_on_the_terminal_and_is_on_record() {
        trial.policy(
                "p.json",
                Policies.commands("p1", "alice", "/usr/local/sbin/effect", "\"nginx\"", "JUSTIFY"));
        Result result =
                trial.onTerminal(
                        "alice",
                        "Why do you need this",
                        "the log disk is full",
                        "sudo",
                        "/usr/local/sbin/effect",
                        "nginx");
        assertThat(result.code()).as(result.both()).isEqualTo(7);
        assertThat(effects()).isEqualTo("uid=0 nginx\n");
        assertThat(last("JUSTIFICATION_RECORDED").path("reason").asText())
                .isEqualTo("the log disk is full");
    }

    @Test
    void ab_87_a_notice_of_a_policy_in_force_is_confirmed_at_the_terminal_and_on_record() {
        trial.policy(
                "p.json",
                """
                [{"PolicyId":"p1","PolicyName":"Told","PolicyType":"CommandLine","Status":"enforce",
                  "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["ALLOW","NOTIFY"]}},
                  "NotificationMessage":"Mind the disks","NotificationRequiresAcknowledge":true,
                  "Extension":{"Commands":[{"Path":"/usr/local/sbin/effect","Args":["nginx"]}]}},
                 {"PolicyId":"p2","PolicyName":"Never","PolicyType":"CommandLine","Status":"enforce",
                  "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["DENY","NOTIFY"]}},
                  "NotificationMessage":"Ask the helpdesk",
                  "Extension":{"Commands":[{"Path":"/usr/local/sbin/effect","Args":["format"]}]}}]
                """);
        Result read =
                trial.onTerminal(
                        "alice", "Mind the disks", "", "sudo", "/usr/local/sbin/effect", "nginx");
        assertThat(read.code()).as(read.both()).isEqualTo(7);
        assertThat(read.both()).contains("Press Enter").containsOnlyOnce("Mind the disks");
        assertThat(trial.audit("--type", "USER_INTERACTION").toString())
                .contains("\"ACKNOWLEDGED\"");
        Result silent = trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx");
        assertThat(silent.code()).isEqualTo(7);
        assertThat(silent.both()).contains("Mind the disks").doesNotContain("Press Enter");
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "format").both())
                .contains("denies it", "Ask the helpdesk");
    }

    @Test
    void who_is_at_the_keyboard_confirms_what_runs_and_nothing_but_a_yes_is_one() {
        trial.policy(
                "p.json",
                Policies.commands(
                        "p1", "alice", "/usr/local/sbin/effect", "\"nginx\"", "OPERATORAPPROVAL"));
        for (String typed : List.of("", "yes please", "^C")) {
            Result not =
                    trial.onTerminal(
                            "alice", "[y/N]", typed, "sudo", "/usr/local/sbin/effect", "nginx");
            assertThat(not.code()).as(not.both()).isNotZero().isNotEqualTo(7);
        }
        assertThat(effects()).isEmpty();
        Result yes =
                trial.onTerminal("alice", "[y/N]", "y", "sudo", "/usr/local/sbin/effect", "nginx");
        assertThat(yes.code()).as(yes.both()).isEqualTo(7);
        assertThat(last("USER_INTERACTION").path("outcome").asText()).isEqualTo("CONFIRMED");
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx").both())
                .contains("you did not", "from a terminal");
    }

    @Test
    void ctrl_c_at_the_prompt_runs_nothing() {
        trial.policy(
                "p.json",
                Policies.commands("p1", "alice", "/usr/local/sbin/effect", "\"nginx\"", "JUSTIFY"));
        Result result =
                trial.onTerminal(
                        "alice",
                        "Why do you need this",
                        "^C",
                        "sudo",
                        "/usr/local/sbin/effect",
                        "nginx");
        assertThat(result.code()).isNotZero().isNotEqualTo(7);
        assertThat(effects()).isEmpty();
    }

    @Test
    void without_a_terminal_the_reason_comes_along_or_it_fails_saying_how() {
        trial.policy(
                "p.json",
                Policies.commands("p1", "alice", "/usr/local/sbin/effect", "\"nginx\"", "JUSTIFY"));
        Result refused = trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.both()).contains("kepm run -m");
        Result run =
                trial.as(
                        "alice",
                        "kepm",
                        "run",
                        "-m",
                        "the log disk is full",
                        "--",
                        "/usr/local/sbin/effect",
                        "nginx");
        assertThat(run.code()).as(run.both()).isEqualTo(7);
        assertThat(effects()).isEqualTo("uid=0 nginx\n");
    }

    @Test
    void another_user_keeps_what_sudoers_gives_and_it_is_recorded() {
        trial.otherUser("bob", "sudo");
        trial.write("/etc/sudoers.d/bob", "bob ALL=(ALL) NOPASSWD: ALL\n", "0440");
        Result result = trial.as("bob", "sudo", "-n", "/usr/local/sbin/effect", "own");
        assertThat(result.code()).as(result.both()).isEqualTo(7);
        assertThat(last("POLICY_EVALUATION").path("outcome").asText()).isEqualTo("NOT_GOVERNED");
        trial.policy("d.json", Policies.deny("never", "bob", "/usr/local/sbin/effect"));
        assertThat(trial.as("bob", "sudo", "-n", "/usr/local/sbin/effect", "own").code())
                .isEqualTo(1);
        assertThat(effects()).isEqualTo("uid=0 own\n");
    }

    @Test
    void ab_05_sudoedit_is_judged_by_its_files_never_by_the_editor() {
        trial.sh("echo before > /etc/kepm-it.conf");
        trial.write("/usr/local/bin/ed-append", "#!/bin/sh\necho after >> \"$1\"\n", "0755");
        trial.policy(
                "p.json",
                Policies.allow("p1", "alice", "/usr/bin/sudoedit", "\"/etc/kepm-it.conf\""));
        Result allowed =
                trial.as(
                        "alice",
                        "env",
                        "SUDO_EDITOR=/usr/local/bin/ed-append",
                        "sudo",
                        "-n",
                        "-e",
                        "/etc/kepm-it.conf");
        assertThat(allowed.code()).as(allowed.both()).isZero();
        assertThat(trial.read("/etc/kepm-it.conf")).isEqualTo("before\nafter\n");
        Result other =
                trial.as(
                        "alice",
                        "env",
                        "SUDO_EDITOR=/usr/local/bin/ed-append",
                        "sudo",
                        "-n",
                        "-e",
                        "/etc/hosts");
        assertThat(other.code()).isNotZero();
        Result ab05 =
                trial.as(
                        "alice",
                        "env",
                        "SUDO_EDITOR=/usr/local/bin/ed-append -- /etc/shadow",
                        "sudo",
                        "-n",
                        "-e",
                        "/etc/kepm-it.conf");
        assertThat(ab05.code()).isNotZero();
        assertThat(trial.exec("grep", "-c", "after", "/etc/shadow").out()).startsWith("0");
    }

    @Test
    void a_bad_policy_file_leaves_the_set_in_force_and_names_file_field_and_cause() {
        trial.policy(
                "p.json", Policies.allow("p1", "alice", "/usr/local/sbin/effect", "\"nginx\""));
        trial.write(
                "/opt/keeper/sbin/policies/bad.json",
                Policies.allow("p2", "alice", "/usr/local/sbin/effect", "\"other\"")
                        .replace("UserCheck", "Usr"),
                "0640");
        trial.waitFor(
                // It may have been seen before it was whole.
                "the refusal on record",
                () -> trial.audit("--type", "POLICY_LOAD_FAILED").toString().contains("Usr"));
        JsonNode failed = last("POLICY_LOAD_FAILED");
        assertThat(failed.toString()).contains("bad.json").contains("p2").contains("Usr");
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx").code())
                .isEqualTo(7);
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "other").code())
                .isEqualTo(1);
        assertThat(trial.health().get("policy set")).startsWith("degraded");
        trial.restart();
        assertThat(trial.as("alice", "sudo", "-n", "/usr/local/sbin/effect", "nginx").code())
                .as("the last good set survives a restart with the bad file on disk")
                .isEqualTo(7);
        trial.sh("rm /opt/keeper/sbin/policies/bad.json");
    }

    @Test
    void govern_and_ungovern_move_a_user_in_and_out_of_policy() {
        trial.otherUser("carol");
        assertThat(trial.as("carol", "sudo", "-n", "/usr/local/sbin/effect").both())
                .doesNotContain("policy");
        Result plan = trial.exec("kepm", "govern", "carol");
        assertThat(plan.both()).contains("kepm-users");
        Result govern = trial.exec("kepm", "govern", "--yes", "carol");
        assertThat(govern.code()).as(govern.both()).isZero();
        assertThat(trial.as("carol", "sudo", "-n", "/usr/local/sbin/effect").both())
                .contains("no policy allows this");
        assertThat(trial.exec("kepm", "ungovern", "--yes", "carol").code()).isZero();
        assertThat(trial.exec("id", "-nG", "carol").out()).doesNotContain("kepm-users");
    }

    @Test
    void users_see_their_own_entitlements_and_no_audit() {
        trial.policy(
                "p.json", Policies.allow("p1", "alice", "/usr/local/sbin/effect", "\"nginx\""));
        trial.policy("q.json", Policies.allow("q1", "bob", "/usr/bin/secret-tool", "\"x\""));
        Result list = trial.as("alice", "kepm", "list");
        assertThat(list.both()).contains("/usr/local/sbin/effect").doesNotContain("secret-tool");
        assertThat(trial.as("alice", "kepm", "audit", "list").code()).isNotZero();
    }

    /** Starts {@code id} by {@code int 0x80}, which 64-bit code may call as well. */
    private static final String BY_32_BITS =
            """
            #!/usr/bin/python3
            import ctypes, mmap, struct
            print("started", flush=True)
            page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, prot=7)
            at = ctypes.addressof(ctypes.c_char.from_buffer(page))
            code = bytes.fromhex("5389f889f34189ca89d14489d24489c64489cfcd805bc3")
            page[0:len(code)], page[256:268] = code, b"/usr/bin/id\\0"
            page[400:408] = struct.pack("<2I", at + 256, 0)
            call = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_uint] * 6)(at)
            print(call(11, at + 256, at + 400, 0, 0, 0), flush=True)
            """;

    private static String judgedInside(String program) {
        return "{\"PolicyId\":\"shell\",\"PolicyName\":\"shell\",\"PolicyType\":\"CommandLine\","
                + "\"Status\":\"enforce\",\"UserCheck\":[\"alice\"],"
                + "\"ApplicationCheck\":[\""
                + program
                + "\"],\"Actions\":{\"OnSuccess\":{\"Controls\":[\"ALLOW\"]}},"
                + "\"Extension\":{\"Intercept\":true}}";
    }

    private static void awaitDropIn(String look) {
        trial.sh(
                "for i in $(seq 480); do "
                        + look
                        + " /etc/sudoers.d/kepm && exit 0; sleep 0.25; done; exit 1");
    }

    private static String effects() {
        return trial.exists("/root/effects") ? trial.read("/root/effects") : "";
    }

    private static JsonNode last(String type) {
        List<JsonNode> records = trial.audit("--type", type);
        assertThat(records).as(type).isNotEmpty();
        return records.get(records.size() - 1);
    }
}
