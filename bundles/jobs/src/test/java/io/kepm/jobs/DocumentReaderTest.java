package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.JobFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {

    private static DocumentReader.Read read(String json) {
        return DocumentReader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "j");
    }

    private static List<String> paths(String json) {
        return read(json).faults().stream().map(JobFault::path).toList();
    }

    private static String task(String members) {
        return "{'id':'j','tasks':[{" + members + "}]}";
    }

    @Test
    void the_least_document_has_the_rules_of_the_specification() {
        JobDocument job = read(task("'command':'logger'")).document().orElseThrow();
        assertThat(job.enabled()).isTrue();
        assertThat(job.priority()).isEqualTo(5);
        assertThat(job.maxConcurrent()).isEqualTo(1);
        assertThat(job.deadline()).isEqualTo(Duration.ofHours(1));
        assertThat(job.tasks().get(0).work())
                .isInstanceOfSatisfying(
                        Task.Program.class,
                        program -> assertThat(program.as()).isEqualTo(Task.As.SERVICE));
    }

    @Test
    void ab_17_a_call_of_the_agents_own_api_brings_no_credentials_of_its_own() {
        String header = "'type':'http','headers':{'authorization':'Basic x'},'url':";
        assertThat(paths(task(header + "'{KeeperApiBaseUrl}/api/jobs'")))
                .containsExactly("/tasks/0/headers/authorization");
        assertThat(paths(task(header + "'https://tickets.example/api'"))).isEmpty();
    }

    @Test
    void ab_75_a_number_without_end_is_a_fault_and_compares_with_nothing() {
        String job = "{'id':'j','condition':{'path':'n','%s':%s},'tasks':[{'command':'echo'}]}";
        assertThat(paths(job.formatted("greaterThan", "1e999"))).isNotEmpty();
        Condition above =
                read(job.formatted("greaterThan", "4"))
                        .document()
                        .orElseThrow()
                        .condition()
                        .orElseThrow();
        Condition same =
                read(job.formatted("equals", "4"))
                        .document()
                        .orElseThrow()
                        .condition()
                        .orElseThrow();
        for (String said : List.of("{\"n\":1e999}", "{\"n\":-1e999}")) {
            Context context = new Context(tree(said), "");
            assertThat(above.holds(context)).isFalse();
            assertThat(same.holds(context)).isFalse();
        }
        assertThat(above.holds(new Context(tree("{\"n\":4.5}"), ""))).isTrue();
        assertThat(same.holds(new Context(tree("{\"n\":4.0}"), ""))).isTrue();
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode tree(String json) {
        try {
            return JsonText.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (JsonText.Unreadable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void every_fault_is_told_at_once_with_its_place() {
        assertThat(
                        paths(
                                "{'id':'k','enabled':1,'priority':11,'colour':'red',"
                                        + "'schedule':{'intervalMinutes':0,'cron':'x'},"
                                        + "'events':[7],'parameters':[{'name':'9','type':'float'}],"
                                        + "'mqttTopics':{'allowedPublications':['$x/y']},"
                                        + "'eventTopic':'a/b',"
                                        + "'tasks':[{'id':'a b','command':'../x','retry':{'attempts':0}},"
                                        + "{'type':'mqtt','topic':'x'},"
                                        + "{'type':'http','url':'http://x'}],"
                                        + "'condition':{'path':'a','equals':1,'in':[1]}}"))
                .contains(
                        "/id",
                        "/enabled",
                        "/priority",
                        "/colour",
                        "/schedule",
                        "/schedule/intervalMinutes",
                        "/schedule/cron",
                        "/events/0",
                        "/parameters/0/name",
                        "/parameters/0/type",
                        "/mqttTopics/allowedPublications/0",
                        "/eventTopic",
                        "/tasks/0/id",
                        "/tasks/0/command",
                        "/tasks/0/retry/attempts",
                        "/tasks/1/topic",
                        "/tasks/1/payload",
                        "/tasks/2/url",
                        "/condition");
    }

    @Test
    void the_spelling_of_the_reference_is_taken_too() {
        JobDocument job =
                read(task(
                                "'command':'x','ExecutionType':'Service','scriptType':'Auto',"
                                        + "'MergeStdoutJsonIntoContext':true,"
                                        + "'SkipWhenPluginSettingFalse':'KeeperPolicy/enforce',"
                                        + "'arguments':'--url {KeeperApiBaseUrl} \\\"a b\\\"'"))
                        .document()
                        .orElseThrow();
        Task task = job.tasks().get(0);
        assertThat(task.mergeOutput()).isTrue();
        assertThat(task.plugin() + " " + task.setting()).isEqualTo("KeeperPolicy enforce");
        assertThat(((Task.Program) task.work()).arguments())
                .containsExactly("--url", "{KeeperApiBaseUrl}", "a b");
        assertThat(((Task.Program) task.work()).callsApi()).isTrue();
        assertThat(paths(task("'command':'x','executionType':'User','ExecutionType':'User'")))
                .contains("/tasks/0/ExecutionType");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'command':'sh'",
                "'command':'bash'",
                "'command':'bash5.2'",
                "'command':'busybox'",
                "'executablePath':'/bin/sh'",
                "'executablePath':'/usr/bin/zsh-5.9'",
                "'command':'sh','arguments':['-c','id']",
                "'executablePath':'/tmp/../bin/x'",
                "'executablePath':'bin/x'",
                "'command':'/usr/bin/id'",
                "'command':'env','arguments':['A=b','bash','-c','id']",
                "'executablePath':'/usr/bin/timeout','arguments':'5 /bin/sh -c id'",
                "'command':'x','env':{'LD_PRELOAD':'/tmp/x.so'}",
                "'command':'x','env':{'PATH':'/tmp'}",
                "'command':'x','env':{'PYTHONPATH':'/tmp'}",
                "'command':'x','env':{'BASH_ENV':'/tmp/x'}",
                "'command':'x','scriptType':'PowerShell'",
                "'command':'x','executionType':'Root'",
                "'command':'x','arguments':'a \\\"b'",
                "'command':'x','executionType':'User','mergeStdoutJsonIntoContext':true",
            })
    void ab_75_a_shell_a_foreign_variable_or_an_unclear_command_is_refused(String members) {
        assertThat(read(task(members)).document()).isEmpty();
    }

    @Test
    void ab_75_a_document_has_bounds() {
        String many = "{'command':'x'},".repeat(101);
        assertThat(paths("{'id':'j','tasks':[" + many.substring(0, many.length() - 1) + "]}"))
                .contains("/tasks");
        assertThat(read("{'id':'j','description':'" + "x".repeat(256 << 10) + "'}").faults())
                .containsExactly(new JobFault("", "larger than 256 KiB"));
        assertThat(paths("{'id':'j','tasks':[]}")).containsExactly("/tasks");
        assertThat(paths("{'id':'j','tasks':[{'command':'x'}],'schedule':{'intervalMinutes':0}}"))
                .containsExactly("/schedule/intervalMinutes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{'id':'j','id':'j'}", "{} x", "null", "{'id':'j'}}"})
    void what_is_not_one_object_is_no_document(String text) {
        assertThat(read(text).document()).isEmpty();
        assertThat(read(text).faults()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "string, 'x', 1",
        "int, 3, 'x'",
        "bool, true, 1",
        "path, '/var/tmp', '../x'",
        "path, '/a b', '/a/../b'"
    })
    void a_default_is_of_the_type_of_its_parameter(String type, String good, String bad) {
        String json =
                "{'id':'j','tasks':[{'command':'x'}],'parameters':[{'name':'a','type':'%s','default':%s}]}";
        String quoted = type.equals("int") || type.equals("bool") ? good : "'" + good + "'";
        assertThat(read(json.formatted(type, quoted)).faults()).isEmpty();
        String wrong = type.equals("string") || type.equals("bool") ? bad : "'" + bad + "'";
        assertThat(paths(json.formatted(type, wrong))).containsExactly("/parameters/0/default");
    }

    @Test
    void a_built_in_is_known_by_its_name_alone() {
        JobDocument job = read(task("'command':'log-message'")).document().orElseThrow();
        assertThat(job.tasks().get(0).work()).isInstanceOf(Task.BuiltIn.class);
        assertThat(paths(task("'type':'builtin','command':'rm'")))
                .containsExactly("/tasks/0/command");
    }

    @Property(tries = 2000)
    void whatever_the_bytes_are_a_document_is_read_or_refused_with_a_reason(
            @ForAll byte[] noise, @ForAll @IntRange(max = 400) int place) {
        byte[] text =
                task("'command':'x','retry':{'attempts':2},'condition':{'path':'a','in':[1]},'env':{}")
                        .replace('\'', '"')
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < Math.min(4, noise.length); i++) {
            text[(place + i * 7) % text.length] = noise[i];
        }
        for (byte[] bytes : List.of(text, noise)) {
            DocumentReader.Read read = DocumentReader.read(bytes, "j");
            assertThat(read.document().isEmpty()).isEqualTo(!read.faults().isEmpty());
        }
    }
}
