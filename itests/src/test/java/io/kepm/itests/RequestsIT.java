package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Approvals and second factors with real sudo: who asks, who decides, and in which session. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RequestsIT {

    private static final String APP =
            """
            import base64, hashlib, hmac, struct, sys, time
            key = base64.b32decode(open(sys.argv[1]).read().strip() + "=" * 0)
            step = int(time.time()) // 30
            last = sys.argv[1] + ".last"
            try:
                used = int(open(last).read())
            except OSError:
                used = 0
            # A code counts once; that of the next half minute is taken too.
            while int(time.time()) // 30 < used:
                time.sleep(0.5)
            step = max(int(time.time()) // 30, used + 1)
            open(last, "w").write(str(step))
            mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
            at = mac[-1] & 15
            print("%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000))
            """;

    private static final Map<String, Deque<String>> RECOVERY = new HashMap<>();

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.otherUser("bob", "helpdesk");
        trial.write("/root/app.py", APP, "0600");
        trial.policy(
                "asks.json",
                """
                [{"PolicyId":"asks","PolicyName":"Asks","PolicyType":"CommandLine","Status":"enforce",
                  "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["APPROVAL"]}},
                  "Approval":{"Approvers":["%helpdesk"]},
                  "Extension":{"Commands":[{"Path":"/usr/bin/id"}]}},
                 {"PolicyId":"factor","PolicyName":"Factor","PolicyType":"CommandLine","Status":"enforce",
                  "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["MFA"]}},
                  "Extension":{"Commands":[{"Path":"/usr/bin/whoami"}]}}]
                """);
        enrol("bob");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    /** As people do: root hands a code over, the user puts the key into an app. */
    private static void enrol(String user) {
        String code =
                trial.json(trial.exec("kepm", "mfa", "admit", user, "--json").out())
                        .path("code")
                        .asText();
        String begun = as(user, "kepm mfa enroll --json --code " + code).out();
        trial.write("/root/" + user, trial.json(begun).path("secret").asText(), "0600");
        String confirm =
                "curl -sS --unix-socket /run/keeper/agent.sock -H Content-Type:application/json"
                        + " -d '{\"code\":\""
                        + code(user)
                        + "\"}' http://localhost/api/mfa/confirm";
        Deque<String> codes = new ArrayDeque<>();
        trial.json(as(user, confirm).out())
                .path("recoveryCodes")
                .forEach(one -> codes.add(one.asText()));
        assertThat(codes).hasSize(10);
        RECOVERY.put(user, codes);
    }

    /** Stands in for a code of the app, of which there is one in half a minute. */
    private static String recovery(String user) {
        return RECOVERY.get(user).remove();
    }

    private static String code(String user) {
        return trial.exec("python3", "/root/app.py", "/root/" + user).out().strip();
    }

    /** In a session that this user logged in to, as the kernel notes it. */
    private static Trial.Result as(String user, String line) {
        return inSessionOf(user, user, line);
    }

    private static Trial.Result inSessionOf(String login, String user, String line) {
        return trial.sh(
                "echo $(id -u "
                        + login
                        + ") > /proc/self/loginuid && exec setpriv --reuid "
                        + user
                        + " --regid $(id -g "
                        + user
                        + ") --init-groups sh -c '"
                        + line.replace("'", "'\\''")
                        + "'");
    }

    private static String request() {
        return trial.json(trial.exec("kepm", "requests", "--json").out())
                .path("items")
                .path(0)
                .path("id")
                .asText();
    }

    @Test
    @Order(1)
    void a_request_is_kept_approved_with_a_code_and_used_once() {
        Trial.Result asked =
                trial.as("alice", "kepm", "run", "-m", "the printer is stuck", "--", "id");
        assertThat(asked.code()).isNotZero();
        assertThat(asked.both()).contains("needs an approval by 1 of %helpdesk");
        assertThat(trial.as("alice", "kepm", "requests").out())
                .contains("Pending")
                .contains("the printer is stuck");
        Trial.Result approved = as("bob", "kepm approve " + request() + " --code " + code("bob"));
        assertThat(approved.both()).contains("/usr/bin/id").contains("Approved");
        assertThat(trial.as("alice", "sudo", "-n", "id", "-u").both()).contains("no policy allows");
        assertThat(trial.as("alice", "sudo", "-n", "id").out()).contains("uid=0(root)");
        assertThat(trial.as("alice", "sudo", "-n", "id").both()).contains("no reason was given");
        assertThat(trial.audit("--type", "REQUEST_STATUS_CHANGED")).hasSize(2);
    }

    @Test
    @Order(2)
    void ab_95_ab_135_not_by_the_requester_not_from_a_foreign_session_not_without_a_code() {
        trial.as("alice", "kepm", "run", "-m", "the printer is stuck again", "--", "id");
        String id = request();
        assertThat(inSessionOf("alice", "bob", "kepm approve " + id + " --code 000000").both())
                .contains("opened by somebody else");
        assertThat(as("bob", "kepm approve " + id + " --code 000000").both())
                .contains("wrong code");
        assertThat(as("alice", "kepm approve " + id + " --code 000000").both())
                .contains("names others");
        trial.sh("usermod -aG helpdesk alice");
        assertThat(as("alice", "kepm approve " + id + " --code 000000").both())
                .contains("nobody decides what he asked for");
        trial.sh("gpasswd -d alice helpdesk");
        assertThat(trial.as("alice", "kepm", "requests").out()).contains("Pending");
        assertThat(trial.as("alice", "kepm", "withdraw", id).both()).contains("Withdrawn");
        assertThat(as("bob", "kepm approve " + id + " --code " + recovery("bob")).both())
                .contains("too late");
        List<String> refused =
                trial.audit("--type", "AUTHORIZATION_FAILED").stream()
                        .map(record -> record.path("details").path("by").asText())
                        .toList();
        assertThat(refused).contains("bob", "alice");
    }

    @Test
    @Order(3)
    void who_waits_at_the_terminal_goes_on_when_it_is_approved() {
        CompletableFuture<Trial.Result> waiting =
                CompletableFuture.supplyAsync(
                        () ->
                                trial.onTerminal(
                                        "alice",
                                        "Why do you need this?",
                                        "a third time, sorry",
                                        "sudo",
                                        "id"));
        trial.waitFor(
                "the request",
                () -> trial.as("alice", "kepm", "requests").out().contains("a third time"));
        as("bob", "kepm approve " + request() + " --code " + recovery("bob"));
        Trial.Result done = waiting.join();
        assertThat(done.both()).contains("waits for an approval").contains("uid=0(root)");
    }

    @Test
    @Order(4)
    void a_second_factor_at_the_terminal_and_nothing_without_one() {
        assertThat(trial.as("alice", "sudo", "-n", "whoami").both()).contains("kepm mfa enroll");
        enrol("alice");
        assertThat(trial.as("alice", "sudo", "-n", "whoami").both()).contains("no terminal");
        String code = recovery("alice");
        assertThat(trial.onTerminal("alice", "One-time code", code, "sudo", "whoami").both())
                .contains("root");
        // Another session is asked again, whatever its terminal is called.
        Trial.Result other = trial.onTerminal("alice", "One-time code", "^C", "sudo", "whoami");
        assertThat(other.both()).contains("One-time code").doesNotContain("root");
        assertThat(trial.audit("--type", "MFA_SUCCEEDED")).isNotEmpty();
    }

    @Test
    @Order(5)
    void who_waits_goes_on_waiting_when_the_agent_is_restarted() {
        CompletableFuture<Trial.Result> waiting =
                CompletableFuture.supplyAsync(
                        () ->
                                trial.onTerminal(
                                        "alice",
                                        "Why do you need this?",
                                        "through a restart",
                                        "sudo",
                                        "id"));
        trial.waitFor(
                "the request",
                () -> trial.as("alice", "kepm", "requests").out().contains("through a restart"));
        String id = request();
        trial.restart();
        assertThat(request()).isEqualTo(id);
        as("bob", "kepm approve " + id + " --code " + recovery("bob"));
        Trial.Result done = waiting.join();
        assertThat(done.both()).contains("uid=0(root)");
        assertThat(trial.as("alice", "kepm", "requests", "--all").out())
                .containsOnlyOnce("through a restart");
    }

    @Test
    @Order(6)
    void ab_99_an_approver_who_can_not_reach_the_machine_reads_a_code_out_once() {
        trial.as("alice", "kepm", "run", "-m", "nobody is at the desk", "--", "id");
        String id = request();
        assertThat(as("alice", "kepm offline-code challenge " + id).both())
                .contains("has no key for offline codes");
        // The approver's own machine: no agent is asked.
        trial.sh("kepm offline-code key /root/site.key");
        String machine =
                trial.json(trial.exec("kepm", "offline-code", "status", "--json").out())
                        .path("machine")
                        .asText();
        Trial.Result taken =
                trial.sh(
                        "kepm offline-code machine-key --key /root/site.key "
                                + machine
                                + " | kepm offline-code import -");
        assertThat(taken.both()).contains("machine " + machine + " takes codes");
        String challenge =
                trial.json(as("alice", "kepm offline-code challenge --json " + id).out())
                        .path("challenge")
                        .asText();
        String code = answered(challenge, "alice", "/usr/bin/id").out().strip();
        assertThat(answered(challenge, "alice", "/usr/bin/env").both())
                .contains("made for something else");
        String enter = "kepm offline-code enter " + id + " --code ";
        assertThat(as("alice", enter + "0000-0000-0000").both()).contains("4 tries are left");
        assertThat(as("bob", enter + code).both()).contains("no such request");
        assertThat(as("alice", enter + code).both()).contains("Approved");
        assertThat(as("alice", enter + code).both()).contains("too late");
        assertThat(trial.as("alice", "sudo", "-n", "id").out()).contains("uid=0(root)");
        assertThat(trial.audit("--type", "REQUEST_STATUS_CHANGED").toString())
                .contains("offline code 1");
    }

    @Test
    @Order(7)
    void what_is_asked_ahead_runs_nothing_and_its_owner_learns_what_became_of_it() {
        Trial.Result asked =
                trial.as("alice", "kepm", "request", "-m", "after the weekend", "--", "id");
        assertThat(asked.code()).as(asked.both()).isZero();
        assertThat(asked.both()).contains("is now Pending", "waits for 1 of %helpdesk");
        String id = request();
        assertThat(trial.as("alice", "keeperagent", "--refresh").out()).contains("Pending");
        assertThat(as("alice", "kepm escalate " + id).both()).contains("Escalated");
        Trial.Result denied = as("bob", "kepm deny " + id + " -m later --code " + recovery("bob"));
        assertThat(denied.both()).contains("is now Denied");
        assertThat(trial.as("alice", "kepm", "status").out()).contains("Denied");
        // Nobody of alice is at a terminal: that, too, is on record.
        trial.waitFor(
                "the record of the news",
                () ->
                        trial.audit("--type", "USER_INTERACTION")
                                .toString()
                                .contains("denied by bob"));
        // What was asked ahead and approved runs by each name of the client.
        trial.as("alice", "kepm", "request", "-m", "on Monday then", "--", "id");
        as("bob", "kepm approve " + request() + " --code " + recovery("bob"));
        assertThat(trial.as("alice", "keepersudo", "--", "id").out()).contains("uid=0(root)");
        assertThat(trial.as("alice", "sudo", "-n", "id").both()).contains("no reason was given");
    }

    @Test
    @Order(8)
    void ab_95_two_approvers_are_two_persons_whatever_their_accounts_are_called() {
        trial.otherUser("robert", "helpdesk");
        trial.otherUser("dora", "helpdesk");
        enrol("robert");
        enrol("dora");
        trial.write("/opt/keeper/sbin/persons.json", "{\"Bob\": [\"bob\", \"robert\"]}", "0600");
        trial.policy(
                "two.json",
                """
                {"PolicyId":"two","PolicyName":"Two","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["APPROVAL"]}},
                 "Approval":{"Approvers":["%helpdesk"],"RequiredApprovers":2},
                 "Extension":{"Commands":[{"Path":"/usr/bin/nproc"}]}}
                """);
        trial.as("alice", "kepm", "request", "-m", "two have to agree", "--", "nproc");
        String approve = "kepm approve " + request() + " --code ";
        assertThat(as("bob", approve + recovery("bob")).both()).contains("is now Pending");
        assertThat(as("robert", approve + recovery("robert")).both()).contains("you approved it");
        assertThat(trial.as("alice", "sudo", "-n", "nproc").both()).contains("waits for it");
        assertThat(as("dora", approve + recovery("dora")).both()).contains("is now Approved");
        assertThat(trial.as("alice", "sudo", "-n", "nproc").out()).matches("[0-9]+\\s+");
    }

    @Test
    @Order(9)
    void ab_37_an_account_that_is_made_anew_has_nothing_of_the_one_before_it() {
        trial.sh("useradd -m -u 3737 -s /bin/bash -G kepm-users erin");
        trial.policy(
                "erin.json",
                """
                {"PolicyId":"erin","PolicyName":"Erin","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["erin"],"Actions":{"OnSuccess":{"Controls":["APPROVAL"]}},
                 "Approval":{"Approvers":["%helpdesk"],"Uses":0},
                 "Extension":{"Commands":[{"Path":"/usr/bin/uptime"}]}}
                """);
        trial.as("erin", "kepm", "request", "-m", "for the first of them", "--", "uptime");
        String id = request();
        as("bob", "kepm approve " + id + " --code " + recovery("bob"));
        assertThat(trial.as("erin", "sudo", "-n", "uptime").out()).contains("load average");

        trial.sh("userdel erin && useradd -M -u 3737 -s /bin/bash -G kepm-users erin");
        Trial.Result after = trial.as("erin", "sudo", "-n", "uptime");
        assertThat(after.code()).isNotZero();
        assertThat(after.both()).doesNotContain("load average").contains("no reason was given");
        assertThat(trial.exec("kepm", "requests", "--all").out())
                .contains("Revoked")
                .contains("erin");
    }

    /** What the approver's tool says who was told of this command. */
    private static Trial.Result answered(String challenge, String user, String command) {
        return trial.exec(
                "kepm",
                "offline-code",
                "answer",
                "--key",
                "/root/site.key",
                "--challenge",
                challenge,
                "--user",
                user,
                "--",
                command);
    }
}
