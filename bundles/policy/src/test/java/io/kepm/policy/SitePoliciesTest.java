package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies that ship switched off, put in force: what they allow, and what they do not. */
class SitePoliciesTest {

    private static final Path POLICIES = Path.of("../../etc/policies");
    private static final Path CASES = Path.of("src/test/resources/io/kepm/policy/site");

    @TempDir Path folder;

    static List<Path> policies() throws IOException {
        return PolicyFiles.in(POLICIES);
    }

    private static Path casesOf(Path policy) {
        String name = policy.getFileName().toString();
        return CASES.resolve(name.replaceFirst("\\.json$", ".cases.json"));
    }

    /** Puts policies in force beside a copy of the cases, which name their folder. */
    private CaseFile.Report run(Path cases, List<Path> policies) throws IOException {
        Path inForce = Files.createDirectories(folder.resolve("policies"));
        for (Path policy : policies) {
            String text = Files.readString(policy).replace("\"off\"", "\"enforce\"");
            Files.writeString(inForce.resolve(policy.getFileName().toString()), text);
        }
        return new CaseFile(Files.copy(cases, folder.resolve(cases.getFileName().toString())))
                .run();
    }

    private static void assertHeld(CaseFile.Report report) {
        assertThat(report.faults()).isEmpty();
        assertThat(report.results())
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(r -> assertThat(r.held()).as(r.name() + ": " + r.message()).isTrue());
    }

    @ParameterizedTest
    @MethodSource("policies")
    void its_cases_hold(Path policy) throws IOException {
        assertHeld(run(casesOf(policy), List.of(policy)));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void its_cases_hold_with_all_the_others_in_force_too(Path policy) throws IOException {
        assertHeld(run(casesOf(policy), policies()));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void each_policy_of_it_decides_a_case(Path policy) throws IOException {
        Faults faults = new Faults();
        String cases = Files.readString(casesOf(policy));
        List<PolicyText> texts = PolicyFiles.read(List.of(policy), faults);
        assertThat(PolicyLoader.documents(texts, faults))
                .isNotEmpty()
                .allSatisfy(document -> assertThat(cases).contains("\"" + document.id() + "\""));
    }

    @Test
    void in_force_they_need_no_warning() throws IOException {
        run(casesOf(policies().get(0)), policies());
        Faults faults = new Faults();
        List<Path> inForce = PolicyFiles.in(folder.resolve("policies"));
        List<PolicyDocument> documents =
                PolicyLoader.documents(PolicyFiles.read(inForce, faults), faults);
        assertThat(documents).allMatch(d -> d.status() == PolicyStatus.ENFORCE);
        // What is a link here need be none there.
        assertThat(new Linter().look(documents))
                .allMatch(warning -> warning.message().startsWith("a link"));
    }

    @Test
    void no_cases_are_left_over() throws IOException {
        List<Path> expected = policies().stream().map(SitePoliciesTest::casesOf).toList();
        assertThat(PolicyFiles.in(CASES)).containsExactlyElementsOf(expected);
    }
}
