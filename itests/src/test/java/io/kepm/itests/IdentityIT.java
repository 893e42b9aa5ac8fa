package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is an administrator of the assembled agent, and who is not although it looks so. */
class IdentityIT {

    private static final String SOCKET =
            "curl -s -o /dev/null -w %{http_code} --unix-socket /run/keeper/agent.sock ";
    private static final String GOVERNED = "http://localhost/api/governed";

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.write(
                "/usr/local/sbin/postinst",
                "#!/bin/sh\n"
                        + SOCKET
                        + GOVERNED
                        + "\n"
                        + SOCKET
                        + "-X POST -H content-type:application/json -d '{\"kind\":\"admin\"}'"
                        + " http://localhost/api/tokens\n"
                        + "kepm policy reload\n",
                "0755");
        trial.policy("p.json", Policies.everything("all", "alice"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    void ab_136_a_script_inside_a_grant_is_root_and_no_administrator() {
        // The same script, by root in its own right.
        assertThat(trial.exec("/usr/local/sbin/postinst").out()).startsWith("200200");
        Result result = trial.as("alice", "sudo", "-n", "/usr/local/sbin/postinst");
        assertThat(result.out()).startsWith("403403");
        assertThat(result.both()).contains("inside the grant").contains("of `alice`");
        JsonNode refused = last("AUTHORIZATION_FAILED", "inside the grant");
        assertThat(refused.path("user_info").path("uid").asLong(-1)).isZero();
    }

    @Test
    void ab_136_what_policy_lets_touch_what_is_protected_may_administer_while_it_runs() {
        trial.sh("cp /usr/local/sbin/postinst /usr/local/sbin/upkeep");
        trial.policy(
                "q.json",
                """
                [{"PolicyId":"upkeep","PolicyName":"Upkeep","PolicyType":"CommandLine","Status":"enforce",
                  "UserCheck":["carol"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
                  "Extension":{"AllowProtected":true,"Commands":[{"Path":"/usr/local/sbin/upkeep"}]}},
                 {"PolicyId":"other","PolicyName":"Other","PolicyType":"CommandLine","Status":"enforce",
                  "UserCheck":["carol"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
                  "Extension":{"Commands":[{"Path":"/usr/local/sbin/postinst"}]}}]
                """);
        assertThat(trial.as("carol", "sudo", "-n", "/usr/local/sbin/postinst").out())
                .startsWith("403403");
        Result result = trial.as("carol", "sudo", "-n", "/usr/local/sbin/upkeep");
        assertThat(result.out()).as(result.both()).startsWith("200200");
    }

    @Test
    void ab_136_what_a_grant_leaves_in_the_background_is_known_by_its_login() {
        trial.write(
                "/usr/local/sbin/daemon",
                "#!/bin/sh\n(setsid sh -c 'sleep 0.5; "
                        + SOCKET
                        + GOVERNED
                        + " >/root/answer' </dev/null >/dev/null 2>&1 &)\n",
                "0755");
        trial.as("alice", "true");
        Result result =
                trial.sh(
                        "echo $(id -u alice) >/proc/self/loginuid && exec setpriv --reuid=alice --regid=alice"
                                + " --init-groups sudo -n /usr/local/sbin/daemon");
        assertThat(result.code()).as(result.both()).isZero();
        trial.waitFor("the answer", () -> trial.read("/root/answer").length() == 3);
        assertThat(trial.read("/root/answer")).isEqualTo("403");
    }

    @Test
    void ab_136_root_in_the_login_of_somebody_governed_is_no_administrator() {
        trial.as("alice", "true");
        assertThat(inLoginOf("alice")).isEqualTo("403");
        trial.otherUser("otto");
        assertThat(inLoginOf("otto")).isEqualTo("200");
        assertThat(inLoginOf("root")).isEqualTo("200");
    }

    @Test
    void ab_35_root_of_another_namespace_is_nobody_and_on_record() {
        for (String inside :
                List.of("unshare -m ", "unshare -Ur ", "setpriv --reuid=61234 unshare -Ur ")) {
            assertThat(trial.sh(inside + SOCKET + GOVERNED).out()).as(inside).isEqualTo("401");
        }
        assertThat(last("PROCESS_AUTHENTICATION_FAILED", "namespace").path("outcome").asText())
                .isEqualTo("REFUSED");
    }

    /**
     * Members: another user's browser, a second use, a cookie that somebody else has, another site.
     */
    @Test
    void ab_42_the_console_is_for_the_browser_of_whoever_asked_for_its_link() {
        trial.as("alice", "true");
        String stolen = link();
        assertThat(signIn("61003", stolen)).startsWith("HTTP/1.1 401");
        assertThat(signIn("alice", stolen)).as("it is used up").startsWith("HTTP/1.1 401");
        String link = link();
        String answer = signIn("alice", link);
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("\"user\":\"alice\",\"admin\":false");
        String cookie =
                answer.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("set-cookie: "))
                        .map(line -> line.substring(12, line.indexOf(';')))
                        .findFirst()
                        .orElseThrow();
        assertThat(signIn("alice", link)).startsWith("HTTP/1.1 401");
        String own = "-H 'Sec-Fetch-Site: same-origin' -b '" + cookie + "' ";
        String session = "https://localhost:6889/api/console/session";
        assertThat(curl("alice", own + session)).startsWith("HTTP/1.1 200");
        assertThat(curl("alice", own + "https://localhost:6889/api/audit"))
                .startsWith("HTTP/1.1 403");
        assertThat(curl("61003", own + session)).startsWith("HTTP/1.1 401");
        assertThat(curl("0", own + session)).startsWith("HTTP/1.1 401");
        assertThat(curl("alice", own.replace("same-origin", "cross-site") + session))
                .startsWith("HTTP/1.1 403");
        assertThat(last("USER_INTERACTION", "SIGNED_IN").path("session_type").asText())
                .isEqualTo("console");
    }

    private static String link() {
        String link = trial.as("alice", "kepm", "console").out().strip();
        assertThat(link).startsWith("https://localhost:6889/console/#");
        return link.substring(link.indexOf('#') + 1);
    }

    private static String signIn(String user, String link) {
        return curl(
                user,
                "-H 'Sec-Fetch-Site: same-origin' -H 'Content-Type: application/json' -d '{}'"
                        + " -H 'Authorization: Kepm-Link "
                        + link
                        + "' https://localhost:6889/api/console/session");
    }

    private static String curl(String user, String words) {
        return trial.sh(
                        "setpriv --reuid="
                                + user
                                + " --clear-groups curl -s -i --cacert /run/keeper/agent.crt "
                                + words)
                .out();
    }

    @Test
    void ab_51_tokens_open_https_for_whom_they_are_for_and_guesses_lock_out() {
        String admin = trial.exec("kepm", "token", "admin").out().strip();
        String scrape = trial.exec("kepm", "token", "scrape").out().strip();
        assertThat(https(61_001, admin, "/api/governed")).isEqualTo("200");
        assertThat(https(61_001, scrape, "/api/governed")).isEqualTo("403");
        assertThat(https(61_001, scrape, "/metrics")).isEqualTo("200");
        JsonNode call = last("ADMIN_ACTION", "\"via\":\"token ");
        assertThat(call.path("outcome").asText()).isEqualTo("OK");
        for (int i = 0; i < 5; i++) {
            assertThat(https(61_001, "guess" + i, "/api/governed")).isEqualTo("401");
        }
        assertThat(https(61_001, admin, "/api/governed")).isEqualTo("401");
        assertThat(https(61_002, admin, "/api/governed")).isEqualTo("200");
        assertThat(
                        last("PROCESS_AUTHENTICATION_FAILED", "locked for a minute")
                                .path("user_info")
                                .path("uid")
                                .asLong())
                .isEqualTo(61_001);
        trial.restart();
        assertThat(https(61_002, admin, "/api/governed")).isEqualTo("401");
        assertThat(https(61_002, scrape, "/metrics")).isEqualTo("200");
        String id = scrape.substring("kepm-".length(), scrape.indexOf('.'));
        assertThat(trial.exec("kepm", "token", "revoke", id).code()).isZero();
        assertThat(https(61_002, scrape, "/metrics")).isEqualTo("401");
        assertThat(
                        trial.sh(
                                        "grep -rqF '"
                                                + scrape
                                                + "' /opt/keeper/sbin/KeeperStorage /opt/keeper/sbin/Log")
                                .code())
                .isEqualTo(1);
    }

    private static String inLoginOf(String user) {
        return trial.sh("echo $(id -u " + user + ") >/proc/self/loginuid && " + SOCKET + GOVERNED)
                .out();
    }

    /** The status that a user gets over HTTPS. */
    private static String https(long uid, String token, String path) {
        return trial.sh(
                        "setpriv --reuid="
                                + uid
                                + " --regid="
                                + uid
                                + " --clear-groups curl -s -o /dev/null -w %{http_code} --cacert /run/keeper/agent.crt"
                                + " -H 'Authorization: Bearer "
                                + token
                                + "' https://localhost:6889"
                                + path)
                .out();
    }

    /** The last record of a type that says something. */
    private static JsonNode last(String type, String words) {
        List<JsonNode> found =
                trial.audit("--type", type).stream()
                        .filter(item -> item.toString().contains(words))
                        .toList();
        assertThat(found).as(words).isNotEmpty();
        return found.get(found.size() - 1);
    }
}
