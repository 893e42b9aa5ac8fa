package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecondFactorTest {

    private static final String NOBODY =
            "kepm: a code is needed, and there is nobody to ask: give --code\n";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_exit_code_of_status_says_whether_there_is_one() {
        bench.agent().answers("GET /api/mfa", "{\"enrolled\":true,\"recoveryCodes\":9}");
        assertThat(bench.run("mfa status").out()).contains("is enrolled; recovery codes left: 9");
        assertThat(bench.run("mfa status").exit()).isZero();
        bench.agent().answers("GET /api/mfa", "{\"enrolled\":false,\"recoveryCodes\":0}");
        assertThat(bench.run("mfa status").out()).contains("kepm mfa enroll");
        assertThat(bench.run("mfa status").exit()).isEqualTo(1);
    }

    @Test
    void an_enrolment_asks_again_after_a_wrong_code_and_shows_recovery_codes_once() {
        bench.agent()
                .answers("GET /api/mfa", "{\"enrolled\":false,\"admitted\":true}")
                .answers(
                        "POST /api/mfa/enroll",
                        "{\"secret\":\"ABCD EFGH\",\"uri\":\"otpauth://totp/x\"}")
                .once("POST /api/mfa/confirm", 409, "{\"detail\":\"wrong code: 4 tries left\"}")
                .answers("POST /api/mfa/confirm", "{\"recoveryCodes\":[\"1111\",\"2222\"]}");
        bench.typing("0000-1111\n111111\n222222\n");
        Outcome outcome = bench.run("mfa enroll");
        assertThat(outcome.out()).contains("ABCD EFGH", "otpauth://totp/x", "  1111\n  2222\n");
        assertThat(outcome.err()).contains("wrong code: 4 tries left");
        assertThat(outcome.exit()).isZero();
        assertThat(bench.agent().asked()).last().asString().contains("222222");
    }

    @Test
    void who_has_no_factor_and_no_code_is_asked_for_the_password_which_nobody_sees() {
        bench.agent()
                .answers("GET /api/mfa", "{\"enrolled\":false,\"admitted\":false}")
                .answers("POST /api/mfa/enroll", "{\"secret\":\"S\",\"uri\":\"otpauth://x\"}")
                .answers("POST /api/mfa/confirm", "{\"recoveryCodes\":[\"1111\"]}");
        bench.typing("222222\n").hiding("secret word");
        Outcome outcome = bench.run("mfa enroll");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out() + outcome.err()).doesNotContain("secret word");
        assertThat(bench.agent().asked())
                .anyMatch(asked -> asked.contains("{\"password\":\"secret word\"}"));
    }

    @Test
    void without_a_terminal_nothing_begins() {
        bench.agent().answers("GET /api/mfa", "{\"enrolled\":false,\"admitted\":true}");
        Outcome outcome = bench.run("mfa enroll");
        assertThat(outcome).isEqualTo(new Outcome(2, "", NOBODY));
        bench.agent().answers("GET /api/mfa", "{\"enrolled\":false}");
        assertThat(bench.run("mfa enroll").err()).contains("a password is needed", "--code");
        assertThat(bench.agent().asked()).noneMatch(asked -> asked.startsWith("POST"));
    }

    @Test
    void a_terminal_that_goes_away_in_the_middle_ends_it() {
        bench.agent()
                .answers("GET /api/mfa", "{\"enrolled\":false,\"admitted\":true}")
                .answers("POST /api/mfa/enroll", "{\"secret\":\"S\",\"uri\":\"otpauth://x\"}");
        bench.typing("0000-1111\n");
        assertThat(bench.run("mfa enroll").exit()).isEqualTo(2);
    }

    @Test
    void root_takes_any_without_a_code_and_others_their_own_with_one() {
        bench.agent()
                .answers("GET /api/mfa", "{\"enrolled\":true,\"admin\":true}")
                .answers("DELETE /api/mfa/alice", "{}");
        assertThat(bench.run("mfa remove", "alice").out())
                .isEqualTo("The second factor of alice is removed.\n");
        bench.agent().answers("GET /api/mfa", "{\"enrolled\":true,\"admin\":false}");
        assertThat(bench.run("mfa remove", "alice").err()).isEqualTo(NOBODY);
        assertThat(bench.run("mfa remove", "--code", "123456", "alice").exit()).isZero();
    }

    @Test
    void ab_36_what_is_no_name_never_becomes_a_path() {
        for (String name : new String[] {"../audit", "..", "a/b", "a b", "", "a\u001b[2J"}) {
            for (String act : new String[] {"mfa admit", "mfa remove"}) {
                Outcome outcome = bench.run(act, name);
                assertThat(outcome.exit()).as(name).isEqualTo(2);
                assertThat(outcome.err()).doesNotContain("\u001b");
            }
        }
        assertThat(bench.agent().asked()).isEmpty();
    }
}
