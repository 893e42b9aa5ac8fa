package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestsTest {

    private static final String ID = "0a1b2c3d-1111-2222-3333-444455556666";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void what_is_over_is_listed_only_when_it_is_asked_for() {
        bench.agent()
                .answers(
                        "GET /api/requests",
                        "{\"items\":["
                                + request("Pending", true)
                                + ","
                                + request("Denied", true).replace("0a1b2c3d", "99999999")
                                + "]}");
        assertThat(bench.run("requests").out())
                .contains("0a1b2c3d", "Pending", "2 of %helpdesk, so far carol", "30 min")
                .doesNotContain("99999999");
        assertThat(bench.run("requests", "--all").out()).contains("99999999", "Denied");
        bench.agent().answers("GET /api/requests", "{\"items\":[]}");
        assertThat(bench.run("requests"))
                .isEqualTo(new Outcome(0, "No request waits for an approval or has one.\n", ""));
    }

    @Test
    void what_is_approved_is_numbered_and_a_number_runs_it() {
        String own = request("Approved", true).replace("\"own\":false", "\"own\":true");
        bench.agent()
                .answers(
                        "GET /api/requests",
                        "{\"items\":["
                                + request("Approved", true)
                                        .replace("/usr/bin/id", "/usr/bin/another")
                                + ","
                                + own.replace("Approved", "Pending").replace("0a1b", "9999")
                                + ","
                                + here(own.replace("\"runAs\":\"root\"", "\"runAs\":\"bob\""))
                                + "]}");
        Outcome shown = bench.run("approved");
        assertThat(shown.out())
                .contains("1", "/usr/bin/id -u", "bob", "30 min")
                .doesNotContain("another", "9999");
        assertThat(bench.launched()).isEmpty();
        bench.typing("7\np\nr\n1\n");
        Outcome ran = bench.run("approved");
        assertThat(ran.err()).contains("`7` is none of these numbers");
        assertThat(ran.out()).contains("99992c3d", "Pending");
        assertThat(bench.launched().toString()).contains("-u|bob|--|id|-u");
        bench.agent().answers("GET /api/requests", "{\"items\":[]}");
        bench.typing("e\n");
        assertThat(bench.run("approved").out()).isEqualTo("Nothing of yours is approved.\n");
    }

    private static String here(String request) {
        return request.replace("/srv", System.getProperty("user.dir"));
    }

    @Test
    void what_would_run_something_else_than_is_shown_is_not_run_from_there() {
        String own = request("Approved", true).replace("\"own\":false", "\"own\":true");
        bench.typing("1\n");
        for (String[] refused :
                new String[][] {
                    {own, "asked for in `/srv`", "kepm run -- id -u"},
                    {
                        here(own).replace("\"-u\"", "\"--password=***\""),
                        "is hidden here",
                        "type it"
                    },
                    {
                        here(own).replace("/usr/bin/id", "/opt/other/id"),
                        "`id` is not /opt/other/id",
                        "kepm run -- id -u"
                    },
                    {
                        here(own).replace("[\"id\"", "[\"./id\""),
                        "`./id` is not /usr/bin/id",
                        "kepm run -- ./id -u"
                    },
                    {
                        here(own).replace("[\"id\"", "[\"/opt/other/id\""),
                        "`/opt/other/id` is not /usr/bin/id",
                        "kepm run -- /opt/other/id -u"
                    }
                }) {
            bench.agent().answers("GET /api/requests", "{\"items\":[" + refused[0] + "]}");
            Outcome outcome = bench.run("approved");
            assertThat(outcome.exit()).as(refused[1]).isEqualTo(1);
            assertThat(outcome.err()).contains(refused[1], refused[2]);
            assertThat(bench.launched()).isEmpty();
        }
        String whole = here(own).replace("[\"id\"", "[\"/usr/bin/id\"");
        bench.agent().answers("GET /api/requests", "{\"items\":[" + whole + "]}");
        bench.run("approved");
        assertThat(bench.launched().toString()).contains("--|/usr/bin/id|-u");
    }

    @Test
    void only_ones_own_approved_commands_are_printed_as_json_from_every_page() {
        String own = request("Approved", true).replace("\"own\":false", "\"own\":true");
        String page = "{\"items\":[" + request("Approved", true) + "],\"next\":\"a\"}";
        bench.agent()
                .answers("GET /api/requests", page)
                .answers("GET /api/requests?after=a", "{\"items\":[" + own + "]}");
        assertThat(bench.run("approved", "--json").out()).isEqualTo("{\"items\":[" + own + "]}\n");
    }

    @Test
    void ab_97_a_reason_with_escapes_is_shown_as_text() {
        bench.agent()
                .answers(
                        "GET /api/requests",
                        "{\"items\":["
                                + request("Pending", true)
                                        .replace("patch it", "\\u001b]0;x\\u0007\\u202egood")
                                + "]}");
        assertThat(bench.run("requests").out()).doesNotContain("\u001b", "\u0007", "\u202e");
    }

    @Test
    void who_approves_sees_what_it_is_about_and_is_asked_for_a_code() {
        known("Pending", true);
        bench.agent().answers("POST /api/requests/" + ID + "/approve", request("Approved", true));
        bench.typing("123456\n");
        Outcome outcome = bench.run("approve", "-m", "as agreed", "0a1b2c");
        assertThat(outcome.out())
                .contains("alice", "/usr/bin/id -u", "patch it", "2 of %helpdesk")
                .endsWith("request 0a1b2c3d is now Approved\n");
        assertThat(outcome.err()).isEqualTo("One-time code of your second factor: ");
        assertThat(outcome.exit()).isZero();
        assertThat(bench.agent().asked())
                .last()
                .asString()
                .contains("{\"code\":\"123456\",\"comment\":\"as agreed\"}");
    }

    @Test
    void asking_ahead_sends_the_command_and_says_what_it_waits_for() {
        bench.agent().answers("POST /api/requests", request("Pending", true));
        Outcome outcome = bench.run("request", "-m", "patch it", "-u", "bob", "--", "id", "-u");
        assertThat(outcome.out())
                .isEqualTo(
                        "request 0a1b2c3d is now Pending\n"
                                + "It waits for 2 of %helpdesk; run the command once it is"
                                + " approved.\n");
        assertThat(outcome.exit()).isZero();
        assertThat(bench.agent().asked())
                .last()
                .asString()
                .contains(
                        "\"argv\":[\"id\",\"-u\"]", "\"runAs\":\"bob\"", "\"reason\":\"patch it\"");
    }

    @Test
    void a_factor_that_is_missing_is_asked_for_once_and_never_shown() {
        bench.agent()
                .once("POST /api/requests", 409, "{\"code\":\"control:mfa\",\"detail\":\"denied\"}")
                .answers("POST /api/requests", request("Pending", true));
        bench.typing("").hiding("pass word");
        Outcome outcome = bench.run("request", "--", "id");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out() + outcome.err()).doesNotContain("pass word");
        assertThat(bench.agent().asked()).last().asString().contains("\"code\":\"pass word\"");
    }

    @Test
    void asking_ahead_for_what_nobody_has_to_approve_says_so() {
        bench.agent().answers("POST /api/requests", "{\"needed\":false}");
        assertThat(bench.run("request", "--", "id"))
                .isEqualTo(new Outcome(0, "Nobody has to approve this: run it.\n", ""));
    }

    @Test
    void what_policy_denies_is_refused_ahead_with_its_words() {
        bench.agent()
                .answers(
                        "POST /api/requests",
                        409,
                        "{\"code\":\"unmatched\",\"detail\":\"denied: no policy\\nsee `kepm list`\"}");
        assertThat(bench.run("request", "--", "id"))
                .isEqualTo(new Outcome(126, "", "kepm: denied: no policy; see `kepm list`\n"));
    }

    @Test
    void without_a_terminal_a_code_has_to_be_given_and_nothing_is_decided() {
        known("Pending", true);
        for (String act : new String[] {"approve", "deny", "extend"}) {
            assertThat(bench.run(act, "0a1b2c").err())
                    .isEqualTo("kepm: a code is needed, and there is nobody to ask: give --code\n");
            assertThat(bench.run(act, "--json", "0a1b2c").exit()).isEqualTo(2);
        }
        assertThat(bench.agent().asked()).noneMatch(asked -> asked.startsWith("POST"));
        bench.agent().answers("POST /api/requests/" + ID + "/approve", request("Approved", true));
        assertThat(bench.run("approve", "--code", "123456", "0a1b2c").exit()).isZero();
    }

    @Test
    void who_proves_with_a_password_is_asked_for_it_and_it_is_not_shown() {
        bench.agent()
                .answers(
                        "GET /api/requests/",
                        request("Pending", true)
                                .replace("\"needsCode\"", "\"proof\":\"password\",\"needsCode\""));
        assertThat(bench.run("approve", "0a1b2c").err())
                .contains("the password of your account is needed");
        bench.agent().answers("POST /api/requests/" + ID + "/approve", request("Approved", true));
        bench.typing("").hiding("open sesame");
        assertThat(bench.run("approve", "0a1b2c").exit()).isZero();
        assertThat(bench.agent().asked()).last().asString().contains("\"code\":\"open sesame\"");
    }

    @Test
    void root_needs_no_code() {
        known("Pending", false);
        bench.agent().answers("POST /api/requests/" + ID + "/deny", request("Denied", false));
        assertThat(bench.run("deny", "0a1b2c").out()).endsWith("is now Denied\n");
    }

    @Test
    void what_is_no_number_of_a_request_never_reaches_the_agent() {
        for (String id : new String[] {"../grants", "0a1b2", "x".repeat(70), "0a1b2c/approve"}) {
            for (String act : new String[] {"approve", "deny", "escalate", "withdraw"}) {
                Outcome outcome = bench.run(act, id);
                assertThat(outcome.exit()).isEqualTo(2);
                assertThat(outcome.err()).contains("is not the number of a request");
            }
        }
        assertThat(bench.agent().asked()).isEmpty();
        assertThat(bench.run("approve").err()).contains("ID");
    }

    @Test
    void a_request_that_is_not_there_or_not_decided_says_why() {
        bench.agent()
                .answers(
                        "GET /api/requests/",
                        404,
                        "{\"status\":404,\"detail\":\"there is no such request of yours, or for you"
                                + " to decide\"}");
        Outcome missing = bench.run("approve", "ffffffff");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no such request of yours");
        known("Pending", true);
        bench.agent()
                .answers(
                        "POST /api/requests/" + ID + "/approve",
                        409,
                        "{\"status\":409,\"detail\":\"nobody decides what he asked for himself\"}");
        Outcome own = bench.run("approve", "--code", "1", "0a1b2c");
        assertThat(own.exit()).isEqualTo(1);
        assertThat(own.err()).contains("nobody decides what he asked for himself");
    }

    private void known(String state, boolean needsCode) {
        bench.agent().answers("GET /api/requests/", request(state, needsCode));
    }

    private static String request(String state, boolean needsCode) {
        return "{\"id\":\""
                + ID
                + "\",\"user\":\"alice\",\"uid\":1001,\"path\":\"/usr/bin/id\","
                + "\"argv\":[\"id\",\"-u\"],\"cwd\":\"/srv\",\"runAs\":\"root\",\"state\":\""
                + state
                + "\",\"until\":\"2026-11-25T10:00:00Z\",\"reason\":\"patch it\","
                + "\"needs\":[\"2 of %helpdesk\"],\"approvedBy\":[\"carol\"],\"own\":false,"
                + "\"needsCode\":"
                + needsCode
                + "}";
    }
}
