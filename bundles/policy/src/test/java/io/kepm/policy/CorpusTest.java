package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The corpus of policy cases, and the samples that ship. */
class CorpusTest {

    private static final Path CORPUS = Path.of("../../itests/corpus");
    private static final Path SAMPLES = Path.of("../../etc/policies");

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> every_case_of_the_corpus_holds() throws IOException {
        return files().stream()
                .flatMap(
                        file -> {
                            CaseFile.Report report = new CaseFile(file).run();
                            assertThat(report.faults()).as(file.toString()).isEmpty();
                            return report.results().stream()
                                    .map(
                                            result ->
                                                    DynamicTest.dynamicTest(
                                                            file.getFileName()
                                                                    + ": "
                                                                    + result.name(),
                                                            () ->
                                                                    assertThat(result.held())
                                                                            .as(result.message())
                                                                            .isTrue()));
                        });
    }

    @Test
    void the_corpus_has_at_least_250_cases() throws IOException {
        int cases = 0;
        for (Path file : files()) {
            cases += new CaseFile(file).run().results().size();
        }
        assertThat(cases).isGreaterThanOrEqualTo(250);
    }

    @Test
    void the_samples_are_valid_switched_off_and_need_no_warning() throws IOException {
        PolicyCheck.Result result = new PolicyCheck().check(List.of(SAMPLES), Set.of());
        assertThat(result.errors()).isEmpty();
        assertThat(result.policies()).isGreaterThanOrEqualTo(4);
        // What is a link here need be none there.
        assertThat(result.warnings()).allMatch(warning -> warning.message().startsWith("a link"));
        for (Path file : PolicyFiles.in(SAMPLES)) {
            assertThat(Files.readString(file)).contains("\"Status\": \"off\"");
        }
    }

    @Test
    void the_samples_would_be_valid_in_force_too() throws IOException {
        Faults faults = new Faults();
        List<PolicyText> texts =
                PolicyFiles.read(PolicyFiles.in(SAMPLES), faults).stream()
                        .map(CorpusTest::inForce)
                        .toList();
        PolicyLoader.load(texts, faults);
        assertThat(faults.list()).isEmpty();
    }

    private static PolicyText inForce(PolicyText text) {
        String json = new String(text.bytes(), java.nio.charset.StandardCharsets.UTF_8);
        return new PolicyText(
                text.name(),
                json.replace("\"off\"", "\"enforce\"")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void a_case_that_does_not_hold_says_what_was_different_and_what_each_policy_said()
            throws IOException {
        Path file = Files.createTempFile("case", ".json");
        Files.writeString(
                file,
                ("{'policies':["
                                + TestSet.policy("p", "'MFA'", "'DayCheck':[1]")
                                + "],'cases':[{'name':'n','at':'2026-01-04T12:00:00Z','request':"
                                + "{'eventType':'CommandLine','user':{'name':'a'},'target':{'path':"
                                + "'/x'}},'expect':{'outcome':'PENDING','controls':['MFA']}}]}")
                        .replace('\'', '"'));
        CaseFile.Result result = new CaseFile(file).run().results().get(0);
        assertThat(result.held()).isFalse();
        assertThat(result.message())
                .contains("outcome: expected PENDING, but was DENY")
                .contains("-DayCheck (Mon)")
                .contains("+UserCheck (*)");
        Files.delete(file);
    }

    @Test
    void a_file_that_is_no_case_file_has_faults_and_no_results() throws IOException {
        Path file = Files.createTempFile("case", ".json");
        Files.writeString(file, "{\"cases\":[{\"name\":\"x\"}],\"nonsense\":1}");
        CaseFile.Report report = new CaseFile(file).run();
        assertThat(report.results()).isEmpty();
        assertThat(report.held()).isFalse();
        Files.delete(file);
    }
}
