package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.settings.PluginFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {

    private static DocumentReader.Read read(String json) {
        return DocumentReader.read(json.getBytes(StandardCharsets.UTF_8), "a");
    }

    @Test
    void a_short_document_has_the_defaults_of_the_contract() {
        PluginDocument document =
                read("{\"id\": \"a\", \"pluginType\": \"Service\", \"version\": \"1.2.3\"}")
                        .document()
                        .orElseThrow();

        assertThat(document.code()).isEqualTo("a.jar");
        assertThat(document.autoStart() && document.monitored() && document.autoRestart()).isTrue();
        assertThat(document.checks().interval()).hasSeconds(30);
        assertThat(document.checks().failures()).isEqualTo(3);
        assertThat(document.checks().timeout()).hasSeconds(5);
        assertThat(document.restarts().most()).isEqualTo(5);
        assertThat(document.restarts().window()).hasSeconds(300);
        assertThat(document.runAs()).isEqualTo("kepm-plugin");
    }

    @Test
    void a_document_that_is_no_json_is_told_where_in_words_for_people() {
        assertThat(read("{\"id\": \"a\",\n \"metadata\": {\"x\": 1").faults())
                .containsExactly(
                        "not JSON as accepted here: line 2, column 21: it ends too early: what"
                                + " begins at line 2, column 14 has no end");
        assertThat(read("{\"id\": \"a\",\n \"id\": \"b\"}").faults())
                .singleElement()
                .asString()
                .startsWith("not JSON as accepted here: line 2, column ")
                .contains("Duplicate field 'id'")
                .doesNotContain("Source");
    }

    @Test
    void topics_and_the_primary_topic_are_read() {
        PluginDocument document =
                read("""
                                {"id": "a", "pluginType": "Executable", "version": "1.0.0",
                                 "executablePath": "Plugins/bin/a/run.py", "Subscription": {"Topic": "a"},
                                 "metadata": {"mqttTopics": {"publish": ["p/#"], "subscribe": ["s"]}}}
                                """)
                        .document()
                        .orElseThrow();

        assertThat(document.code()).isEqualTo("run.py");
        assertThat(document.topics().publish()).containsExactly("p/#");
        assertThat(document.topics().subscribe()).containsExactly("s", "a");
    }

    @Test
    void a_process_that_is_pinged_may_hear_that_and_answer_and_a_bundle_is_not_pinged() {
        PluginDocument document =
                read("""
                                {"id": "a", "pluginType": "Executable", "executablePath": "x",
                                 "healthCheck": {"mqttPing": true}}
                                """)
                        .document()
                        .orElseThrow();

        assertThat(document.checks().ping()).isTrue();
        assertThat(document.topics().subscribe()).containsExactly("a/Commands/Ping");
        assertThat(document.topics().publish()).containsExactly("a/Responses/Ping");
        assertThat(
                        read("""
                                        {"id": "a", "pluginType": "Service", "healthCheck": {"mqttPing": true}}
                                        """)
                                .faults())
                .singleElement()
                .asString()
                .startsWith("/healthCheck/mqttPing: ");
    }

    @Test
    void a_process_may_be_of_whoever_is_logged_in_and_then_of_no_other_account() {
        String start = "{\"id\": \"a\", \"executionContext\": \"User\", \"pluginType\": ";
        String process = start + "\"Executable\", \"executablePath\": \"x\"";

        assertThat(read(process + "}").document().orElseThrow().context())
                .isEqualTo(PluginDocument.Context.USER);
        assertThat(read(process + ", \"runAs\": \"root\"}").faults())
                .singleElement()
                .asString()
                .startsWith("/runAs: ");
        assertThat(read(start + "\"Service\"}").faults())
                .singleElement()
                .asString()
                .startsWith("/executionContext: ");
    }

    @Test
    void what_a_document_says_about_its_settings_has_to_fit_its_values() {
        String start =
                "{\"id\": \"a\", \"pluginType\": \"Service\", \"metadata\": {\"n\": 5,"
                        + " \"t\": \"x\", \"deep\": {\"er\": 1}}, \"settings\": ";
        PluginDocument document =
                read(start
                                + """
                                          {"n": {"minimum": 1, "maximum": 9, "unit": "s", "description": "d"},
                                           "t": {"allowed": ["x", "y"]}, "deep.er": {}}}
                                          """)
                        .document()
                        .orElseThrow();
        PluginFile file = PluginFile.of("a", document.metadata(), document.settings());
        assertThat(file.settings())
                .extracting(each -> each.name().name() + " " + each.allowed() + " " + each.unit())
                .contains("n 1 to 9 s", "t x, y ");

        assertThat(
                        read(start
                                        + """
                                                  {"n": {"minimum": 6}, "t": {"allowed": ["y"]}, "z": {},
                                                   "deep.er": {"maximum": "9"}}}
                                                  """)
                                .faults())
                .anyMatch(fault -> fault.startsWith("/settings/n: its value in"))
                .anyMatch(fault -> fault.startsWith("/settings/t: its value in"))
                .anyMatch(fault -> fault.startsWith("/settings/z: there is no"))
                .anyMatch(fault -> fault.startsWith("/settings/deep.er: `minimum`"))
                .hasSize(4);
    }

    @Test
    void a_list_of_objects_is_a_setting_when_the_document_says_what_stands_in_them() {
        String start =
                "{\"id\": \"a\", \"pluginType\": \"Service\", \"metadata\": {\"rules\":"
                        + " [{\"match\": \"x\", \"on\": true}], \"plain\": [{\"x\": 1}]}, \"settings\":"
                        + " {\"rules\": {\"members\": {\"match\": {\"type\": \"string\", \"required\": true},"
                        + " \"on\": {\"type\": \"boolean\"}%s}}}}";
        PluginDocument document = read(start.formatted("")).document().orElseThrow();
        assertThat(PluginFile.of("a", document.metadata(), document.settings()).settings())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.type()).isEqualTo("list of objects");
                            assertThat(one.allowed())
                                    .isEqualTo("[{match: text; on?: true or false}, …]");
                        });
        for (String bad :
                List.of(
                        "\"apiToken\": {\"type\": \"string\"}",
                        "\"a/b\": {\"type\": \"string\"}",
                        "\"n\": {\"type\": \"object\"}",
                        "\"n\": {\"type\": \"string\", \"minimum\": 1}",
                        "\"n\": {\"type\": \"integer\", \"minimum\": 1.5}",
                        "\"n\": {\"type\": \"string\", \"required\": true}")) {
            assertThat(read(start.formatted(", " + bad)).faults())
                    .as(bad)
                    .singleElement()
                    .asString()
                    .startsWith("/settings/rules: ");
        }
    }

    @Test
    void every_fault_is_told_at_once_with_its_place() {
        assertThat(
                        read("""
                                        {"id": "b", "pluginType": "Applet", "version": "one", "autoStart": "yes",
                                         "healthCheck": {"intervalSeconds": 0}, "color": "red",
                                         "restart": {"maxRestarts": -1}, "bundle": "../a.jar",
                                         "supportedPlatforms": ["Plan9"], "executionContext": "Admin"}
                                        """)
                                .faults())
                .anyMatch(fault -> fault.startsWith("/id: "))
                .anyMatch(fault -> fault.startsWith("/pluginType: "))
                .anyMatch(fault -> fault.startsWith("/version: "))
                .anyMatch(fault -> fault.startsWith("/autoStart: "))
                .anyMatch(fault -> fault.startsWith("/healthCheck/intervalSeconds: "))
                .anyMatch(fault -> fault.startsWith("/restart/maxRestarts: "))
                .anyMatch(fault -> fault.startsWith("/color: unknown"))
                .anyMatch(fault -> fault.startsWith("/bundle: "))
                .anyMatch(fault -> fault.startsWith("/supportedPlatforms: "))
                .anyMatch(fault -> fault.startsWith("/executionContext: "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{\"id\": \"a\", \"id\": \"a\"}",
                "{} {}",
                "{\"id\": {\"x\": 1}}"
            })
    void what_is_no_document_is_refused(String json) {
        assertThat(read(json).document()).isEmpty();
        assertThat(read(json).faults()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/bin/../sh",
                "{approot}/../x",
                "/",
                "../x",
                "a/../../x",
                "./x",
                "",
                "Plugins/bin/a/../b/x",
                "a\\\\b",
                "a//b"
            })
    void ab_67_a_program_outside_of_its_package_is_refused(String path) {
        assertThat(
                        read("{\"id\": \"a\", \"pluginType\": \"Executable\","
                                        + " \"executablePath\": \""
                                        + path
                                        + "\"}")
                                .faults())
                .anyMatch(fault -> fault.startsWith("/executablePath: "));
    }
}
