package io.kepm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.cli.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineDeskTest {

    private static final String POLICY =
            "{\"PolicyId\":\"P1\",\"PolicyName\":\"ls\",\"PolicyType\":\"CommandLine\","
                    + "\"Status\":\"enforce\",\"Actions\":{\"OnSuccess\":{\"Controls\":[\"ALLOW\"]}},"
                    + "\"UserCheck\":[\"alice\"],\"ApplicationCheck\":[\"/usr/bin/ls\"]}";
    private static final String CASE =
            "{\"name\":\"alice may\",\"request\":{\"eventType\":\"CommandLine\",\"user\":{\"name\":\"NAME\"},"
                    + "\"target\":{\"path\":\"/usr/bin/ls\"}},\"expect\":{\"outcome\":\"ALLOW\"}}";

    @TempDir Path folder;
    private final EngineDesk desk = new EngineDesk();

    @Test
    void a_good_folder_is_ok_and_a_bad_file_names_field_and_cause() throws IOException {
        Files.writeString(folder.resolve("a.json"), POLICY);
        assertThat(desk.check(List.of(folder), java.util.Set.of()).at("ok").isTrue()).isTrue();
        Path bad =
                Files.writeString(
                        folder.resolve("b.json"), POLICY.replace("UserCheck", "Usercheck"));
        Json result = desk.check(List.of(bad), java.util.Set.of());
        assertThat(result.at("ok").isTrue()).isFalse();
        Json error = result.at("errors").items().get(0);
        assertThat(error.at("file").text()).isEqualTo("b.json");
        assertThat(error.at("policyId").text()).isEqualTo("P1");
        assertThat(error.toString()).contains("Usercheck");
    }

    @Test
    void cases_are_run_and_the_failed_ones_explained() throws IOException {
        Json held = desk.test(cases("alice"));
        assertThat(held.at("cases").number(0)).isEqualTo(1);
        assertThat(held.at("failed").items()).isEmpty();
        Json failed = desk.test(cases("bob"));
        assertThat(failed.at("failed").items().get(0).at("name").text()).isEqualTo("alice may");
        assertThat(failed.toString()).contains("DENY");
    }

    @Test
    void cases_may_be_written_in_yaml() throws IOException {
        String cases =
                """
                # One policy, one case.
                policies:
                  - PolicyId: P1
                    PolicyName: List
                    PolicyType: CommandLine
                    Status: enforce
                    Actions: {OnSuccess: {Controls: [ALLOW]}}
                    UserCheck: [alice]
                    ApplicationCheck: [/usr/bin/ls]
                cases:
                  - name: alice may, at a time that is a text
                    at: 2026-01-05T12:00:00Z
                    request: {eventType: CommandLine, user: {name: alice}, target: {path: /usr/bin/ls}}
                    expect: {outcome: ALLOW}
                """;
        Path file = Files.writeString(folder.resolve("c.yaml"), cases);
        Json held = desk.test(file);
        assertThat(held.at("errors").items()).as(held.toString()).isEmpty();
        assertThat(held.at("cases").number(0)).isEqualTo(1);
        assertThat(held.at("failed").items()).isEmpty();
        for (String bad :
                List.of(
                        cases + "cases: []\n",
                        "policies: [\n",
                        "- !!javax.script.ScriptEngineManager [x]\n- {",
                        "{a: 1}\n---\n{b: 2}\n")) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> desk.test(file))
                    .as(bad)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("line ");
        }
        Files.writeString(file, "- !!java.net.URL [\"http://localhost\"]\n");
        assertThat(desk.test(file).at("errors").items()).isNotEmpty();
    }

    @Test
    void what_is_no_case_file_says_so() throws IOException {
        assertThat(desk.test(Files.writeString(folder.resolve("x"), "{")).at("errors").items())
                .isNotEmpty();
        assertThatThrownBy(() -> desk.test(folder)).hasMessageContaining("folder");
        assertThatThrownBy(() -> desk.test(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    private Path cases(String user) throws IOException {
        return Files.writeString(
                folder.resolve(user),
                "{\"policies\":[" + POLICY + "],\"cases\":[" + CASE.replace("NAME", user) + "]}");
    }
}
