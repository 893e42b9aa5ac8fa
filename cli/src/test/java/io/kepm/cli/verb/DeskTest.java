package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import io.kepm.cli.PolicyDesk;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeskTest {

    private static final String BAD =
            "{\"ok\":false,\"errors\":[{\"file\":\"a.json\",\"policyId\":\"P1\",\"field\":\"Status\","
                    + "\"message\":\"missing\"},{\"file\":\"b.json\",\"policyId\":\"\",\"field\":\"\","
                    + "\"message\":\"no JSON\\u001b[2J\"}],\"warnings\":[{\"file\":\"a.json\","
                    + "\"policyId\":\"P1\",\"field\":\"ApplicationCheck[0]\",\"message\":\"weak\"}]}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_refused_file_is_named_with_policy_and_field() {
        bench.with(desk(BAD, "{}"));
        Outcome outcome = bench.run("policy check", "x");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        error a.json: policy `P1`: Status: missing
                        error b.json: no JSON\\x1b[2J
                        warning a.json: policy `P1`: ApplicationCheck[0]: weak
                        refused: 2 errors
                        """);
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(bench.run("policy check", "--json", "x"))
                .isEqualTo(new Outcome(1, BAD + "\n", ""));
    }

    @Test
    void without_a_path_the_folder_of_the_agent_is_checked() {
        bench.with(desk("{\"ok\":true,\"errors\":[],\"warnings\":[]}", "{}"));
        assertThat(bench.run("policy check")).isEqualTo(new Outcome(0, "ok, 0 warnings\n", ""));
    }

    @Test
    void a_folder_that_cannot_be_read_is_no_verdict() {
        assertThat(bench.run("policy check"))
                .isEqualTo(new Outcome(2, "", "kepm: could not read the policies: no desk\n"));
        bench.withEngine();
        assertThat(bench.run("policy check", "/none/a.json").err())
                .isEqualTo(
                        "kepm: could not read the policies: /none/a.json: no such file or"
                                + " directory\n");
    }

    @Test
    void failed_cases_are_explained_and_the_worst_file_decides() {
        bench.with(
                desk(
                        "{}",
                        "{\"cases\":3,\"failed\":[{\"name\":\"alice may\",\"explanation\":\"expected ALLOW\\nbut DENY\"}]}"));
        Outcome failed = bench.run("policy test", "c.json");
        assertThat(failed.out())
                .isEqualTo(
                        """
                        failed c.json: alice may
                              expected ALLOW
                              but DENY
                        cases: 3, failed: 1, unusable files: 0
                        """);
        assertThat(failed.exit()).isEqualTo(1);
        Outcome unusable = bench.run("policy test", "c.json", "none");
        assertThat(unusable.out()).contains("unusable none: no such file or directory\n");
        assertThat(unusable.exit()).isEqualTo(2);
    }

    @Test
    void held_cases_are_counted() {
        bench.with(desk("{}", "{\"cases\":3,\"failed\":[]}"));
        assertThat(bench.run("policy test", "a", "b"))
                .isEqualTo(new Outcome(0, "all 6 cases held\n", ""));
        assertThat(bench.run("policy test", "--json", "a").out())
                .isEqualTo(
                        "{\"ok\":true,\"files\":[{\"file\":\"a\",\"cases\":3,\"failed\":[]}]}\n");
    }

    @Test
    void a_file_without_usable_cases_proves_nothing() {
        bench.with(
                desk(
                        "{}",
                        "{\"cases\":0,\"failed\":[],\"errors\":[{\"file\":\"c\",\"policyId\":\"\","
                                + "\"field\":\"cases\",\"message\":\"missing\"}]}"));
        Outcome outcome = bench.run("policy test", "c");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        unusable c: it holds no cases that could be run
                        error c: cases: missing
                        cases: 0, failed: 0, unusable files: 1
                        """);
        assertThat(outcome.exit()).isEqualTo(2);
    }

    private static PolicyDesk desk(String check, String test) {
        return new PolicyDesk() {
            @Override
            public Json check(List<Path> paths, java.util.Set<String> lockouts) throws IOException {
                return JsonReader.read(check.getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public Json test(Path file) throws IOException {
                if (file.endsWith("none")) {
                    throw new NoSuchFileException("none");
                }
                return JsonReader.read(test.getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public List<String> refusals(Json policy) {
                return List.of();
            }
        };
    }
}
