package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** {@code CertificationCheck}, above all where nobody can say who signed a file. */
class SignerTest {

    private static final String SIGNER = "cd".repeat(32);
    private static final String LISTED = "'CertificationCheck':['" + SIGNER + "']";
    private static final String ALL = "'ApplicationCheck':['*']";

    private static final Ask PLAIN = Ask.command("/opt/tool");
    private static final Ask SIGNED = PLAIN.signedBy(SIGNER);
    private static final Ask UNKNOWN = PLAIN.signedByWhomever("the file is larger than 16 MiB");

    private static String signed(String controls) {
        return TestSet.policy("s", controls, ALL + "," + LISTED);
    }

    private static String allow() {
        return TestSet.allow("a", ALL);
    }

    @Test
    void one_that_denies_denies_where_nobody_knows_the_signer() {
        TestSet set = TestSet.of(allow(), signed("'DENY'"));
        assertThat(set.outcome(SIGNED)).isEqualTo("DENY");
        assertThat(set.outcome(PLAIN)).isEqualTo("ALLOW");
        assertThat(set.outcome(PLAIN.signedBy("ef".repeat(32)))).isEqualTo("ALLOW");
        assertThat(set.outcome(UNKNOWN)).isEqualTo("DENY");
        assertThat(set.decide(UNKNOWN).reasons())
                .singleElement()
                .satisfies(
                        reason ->
                                assertThat(reason.text())
                                        .endsWith(
                                                "denies it; who signed it is not known: the file"
                                                        + " is larger than 16 MiB"));
    }

    @Test
    void one_that_allows_gives_nothing_then() {
        TestSet set = TestSet.of(signed("'ALLOW'"));
        assertThat(set.outcome(SIGNED)).isEqualTo("ALLOW");
        assertThat(set.why(PLAIN)).isEqualTo("DENY unmatched");
        assertThat(set.why(UNKNOWN)).isEqualTo("DENY unmatched");
        assertThat(TestSet.of(signed("'ALLOW','RECORD'")).why(UNKNOWN)).isEqualTo("DENY unmatched");
    }

    @Test
    void one_that_only_allows_holds_nothing_up_that_another_gives() {
        String unsafe = TestSet.allow("a", ALL + ",'Extension':{'AllowUnsafeTarget':true}");
        TestSet set = TestSet.of(unsafe, signed("'ALLOW','NOTIFY'"));
        assertThat(set.outcome(UNKNOWN.unsafe("writable by others"))).isEqualTo("ALLOW");
        assertThat(set.decide(UNKNOWN).reasons()).hasSize(1);
        // One that binds would have to carry the key too, were it signed by its signer.
        TestSet asked = TestSet.of(unsafe, signed("'MFA'"));
        assertThat(asked.why(UNKNOWN.unsafe("writable by others")))
                .isEqualTo("DENY guard:unsafe-target");
    }

    @Test
    void a_control_is_asked_for_then_and_by_itself_gives_nothing() {
        assertThat(TestSet.of(allow(), signed("'MFA'")).outcome(UNKNOWN)).isEqualTo("PENDING");
        TestSet alone = TestSet.of(signed("'MFA'"));
        assertThat(alone.outcome(SIGNED)).isEqualTo("PENDING");
        assertThat(alone.why(PLAIN)).isEqualTo("DENY unmatched");
        assertThat(alone.why(UNKNOWN)).isEqualTo("DENY");
        assertThat(alone.decide(UNKNOWN).reasons().get(0).text())
                .contains("covers what is signed by those whom it lists; who signed it")
                .contains("larger than 16 MiB");
    }

    @Test
    void a_recording_is_not_lost_by_it() {
        TestSet set = TestSet.of(allow(), signed("'ALLOW','RECORD'"));
        assertThat(set.ask(UNKNOWN).decision())
                .isInstanceOfSatisfying(
                        Decision.Allow.class,
                        allow -> assertThat(allow.conditions().record()).isTrue());
    }

    @Test
    void no_limit_to_what_another_gives_is_lost_by_it_and_by_itself_it_gives_nothing() {
        Map<String, Predicate<Conditions>> limits =
                Map.of(
                        "'NoExec':true", Conditions::noExec,
                        "'Intercept':true", Conditions::intercept,
                        "'EphemeralAccount':true", Conditions::ephemeralAccount,
                        "'BindCwd':true", Conditions::bindCwd,
                        "'DurationMinutes':5", c -> c.validFor().toMinutes() == 5);
        limits.forEach(
                (term, holds) -> {
                    String limiting =
                            TestSet.allow("s", ALL + "," + LISTED + ",'Extension':{" + term + "}");
                    TestSet both = TestSet.of(allow(), limiting);
                    assertThat(both.ask(UNKNOWN).decision())
                            .as(term)
                            .isInstanceOfSatisfying(
                                    Decision.Allow.class,
                                    allow -> assertThat(allow.conditions()).matches(holds));
                    assertThat(both.ask(PLAIN).decision())
                            .as("signed by nobody, %s", term)
                            .isInstanceOfSatisfying(
                                    Decision.Allow.class,
                                    allow ->
                                            assertThat(allow.conditions()).matches(holds.negate()));
                    assertThat(TestSet.of(limiting).why(UNKNOWN)).isEqualTo("DENY unmatched");
                });
    }

    @Test
    void what_it_denies_among_its_commands_stays_denied() {
        String denied =
                TestSet.allow(
                        "s", ALL + "," + LISTED + ",'Extension':{'DenyCommands':['/opt/tool x']}");
        TestSet set = TestSet.of(allow(), denied);
        assertThat(set.outcome(UNKNOWN)).isEqualTo("ALLOW");
        Ask asked = Ask.command("/opt/tool", "x");
        assertThat(set.outcome(asked)).isEqualTo("ALLOW");
        assertThat(set.outcome(asked.signedByWhomever("revoked"))).isEqualTo("DENY");
    }

    @Test
    void a_signer_who_is_known_by_another_digest_only_may_be_the_one_that_is_listed() {
        String sha1 = "'CertificationCheck':['" + "0A:".repeat(19) + "0A']";
        String deny = TestSet.policy("s", "'DENY'", ALL + "," + sha1);
        assertThat(TestSet.of(allow(), deny).outcome(SIGNED)).isEqualTo("DENY");
        assertThat(TestSet.of(allow(), deny).outcome(PLAIN)).isEqualTo("ALLOW");
        Ask both = PLAIN.signedBy(SIGNER, "0b".repeat(20));
        assertThat(TestSet.of(allow(), deny).outcome(both)).isEqualTo("ALLOW");
        assertThat(TestSet.of(TestSet.allow("s", ALL + "," + sha1)).outcome(SIGNED))
                .isEqualTo("DENY");
    }

    @Test
    void other_types_than_elevation_know_it_too() {
        String deny = signed("'DENY'").replace("CommandLine", "FileAccess");
        String ask = signed("'MFA'").replace("CommandLine", "FileAccess");
        Ask unknown = UNKNOWN.type("FileAccess");
        assertThat(TestSet.of(deny).outcome(unknown)).isEqualTo("DENY");
        assertThat(TestSet.of(ask).outcome(unknown)).isEqualTo("DENY");
        assertThat(TestSet.of(ask).outcome(PLAIN.type("FileAccess"))).isEqualTo("NOT_GOVERNED");
        assertThat(
                        TestSet.of(signed("'ALLOW'").replace("CommandLine", "FileAccess"))
                                .outcome(unknown))
                .isEqualTo("NOT_GOVERNED");
    }
}
