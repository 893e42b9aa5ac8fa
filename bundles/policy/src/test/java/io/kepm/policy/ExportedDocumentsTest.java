package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Documents in each shape that the reference console exports and its command-line client writes,
 * unchanged: they load together and mean what they meant there.
 */
class ExportedDocumentsTest {

    private static final Path FOLDER = Path.of("src/test/resources/io/kepm/policy/exported");

    private static PolicySet set = PolicySet.EMPTY;

    @BeforeAll
    static void load() throws IOException {
        List<PolicyText> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                texts.add(new PolicyText(file.getFileName().toString(), Files.readAllBytes(file)));
            }
        }
        Faults faults = new Faults();
        set = PolicyLoader.load(texts, faults);
        assertThat(faults.list()).isEmpty();
        assertThat(set.policies()).hasSize(texts.size() - 1);
    }

    private static Decision decide(Ask ask) {
        return decide(ask, TestSet.MONDAY_NOON);
    }

    private static Decision decide(Ask ask, ZonedDateTime at) {
        return new Evaluator(
                        set,
                        new io.kepm.api.policy.Evaluation.Revision(1, ""),
                        EngineSettings.DEFAULT,
                        TestSet.GUARDS)
                .evaluate(ask.request(), at)
                .decision();
    }

    private static PolicyDocument policy(String id) {
        return set.policies().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
    }

    @Test
    void empty_arrays_with_their_rules_are_no_limits_and_collections_are_ids() {
        Decision erin = decide(Ask.command("/usr/bin/nmcli").type("PrivilegeElevation").by("erin"));
        assertThat(erin).isInstanceOf(Decision.Pending.class);
        assertThat(((Decision.Pending) erin).controls())
                .containsExactly(Control.JUSTIFY, Control.APPROVAL);
        assertThat(
                        decide(
                                Ask.command("/usr/bin/nmcli")
                                        .type("PrivilegeElevation")
                                        .by("kim", "field")))
                .isInstanceOf(Decision.Pending.class);
        assertThat(decide(Ask.command("/usr/bin/nmcli").type("PrivilegeElevation").by("mallory")))
                .isInstanceOf(Decision.Deny.class);
        assertThat(decide(Ask.command("/opt/tool/run").type("PrivilegeElevation").by("erin")))
                .as("a pair of path and digest, without the digest")
                .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void epochs_hours_and_days_limit_when() {
        Ask nina = Ask.command("/usr/bin/id").type("PrivilegeElevation").by("nina");
        assertThat(decide(nina)).isInstanceOf(Decision.Allow.class);
        assertThat(decide(nina, TestSet.MONDAY_NOON.withHour(17)))
                .isInstanceOf(Decision.Deny.class);
        assertThat(decide(nina, TestSet.MONDAY_NOON.plusDays(6))).isInstanceOf(Decision.Deny.class);
        assertThat(decide(nina, TestSet.MONDAY_NOON.plusYears(2)))
                .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void a_command_policy_without_an_extension_covers_every_command() {
        Decision decision = decide(Ask.command("/usr/bin/anything", "at", "all").by("kim"));
        assertThat(((Decision.Pending) decision).controls())
                .containsExactly(Control.MFA, Control.JUSTIFY);
    }

    @Test
    void both_spellings_words_of_status_and_controls_in_lines_are_read() {
        PolicyDocument old = policy("old-1");
        assertThat(old.status()).isEqualTo(PolicyStatus.OFF);
        assertThat(old.acknowledge()).isTrue();
        assertThat(old.controls().names()).containsExactly("ALLOW", "NOTIFY");
        PolicyDocument file = policy("file-1");
        assertThat(file.status()).isEqualTo(PolicyStatus.MONITOR_AND_NOTIFY);
        assertThat(file.acknowledge()).isTrue();
        assertThat(file.risk()).hasValue(80);
        assertThat(policy("agent-1").risk()).isEmpty();
        assertThat(policy("agent-1").status()).isEqualTo(PolicyStatus.ENFORCE);
    }

    @Test
    void the_advanced_types_keep_what_they_carry() {
        assertThat(policy("lp-1").extension().exclusions()).containsExactly("root", "admin");
        assertThat(policy("agent-1").extension().agentic())
                .isEqualTo(new Extension.Agentic(true, List.of(15, 60), "agentic-policy-controls"));
        assertThat(policy("agent-1").extension().minAiLikelihood()).isEqualTo(50);
        assertThat(policy("set-1").extension().configuration()).contains("RedirectEvaluator");
        assertThat(policy("job-1").extension().configuration()).contains("weekly");
        assertThat(policy("upd-1").extension().configuration()).contains("latest");
        assertThat(policy("web-1").extension().urls()).hasSize(1);
    }
}
