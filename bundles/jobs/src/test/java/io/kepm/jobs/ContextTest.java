package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run knows: placeholders, conditions, and what its tasks may add. */
class ContextTest {

    private static ObjectNode json(String text) {
        try {
            return JsonText.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (JsonText.Unreadable e) {
            throw new AssertionError(e);
        }
    }

    private final Context context =
            new Context(
                    json(
                            "{'parameters':{'name':'x`y; rm -rf / *','days':3},"
                                    + "'policy':{'type':'FileAccess','score':7.5},'user':{'uid':1001},"
                                    + "'list':['a','b'],'nothing':null,'name':'shadow'}"),
                    "https://localhost:6889");

    @Test
    void placeholders_are_filled_into_one_argument_literally() throws Exception {
        assertThat(context.filled("--name={name}")).isEqualTo("--name=x`y; rm -rf / *");
        assertThat(context.filled("{KeeperApiBaseUrl}/x/{days}/{policy.type}/{list.1}"))
                .isEqualTo("https://localhost:6889/x/3/FileAccess/b");
        assertThat(context.filled("{\"a\": 1} {} {1}")).isEqualTo("{\"a\": 1} {} {1}");
        assertThatThrownBy(() -> context.filled("{unknown}"))
                .isInstanceOf(Context.NoValue.class)
                .hasMessageContaining("`{unknown}`");
        assertThatThrownBy(() -> context.filled("{list}")).isInstanceOf(Context.NoValue.class);
        assertThatThrownBy(() -> context.filled("{nothing}")).isInstanceOf(Context.NoValue.class);
    }

    @Property(tries = 300)
    void a_value_is_never_looked_at_again(@ForAll String any) throws Exception {
        String value = any.replace("\0", "");
        ObjectNode tree = JsonText.object();
        tree.putObject("parameters").put("x", value);
        String text = new Context(tree, "").filled("a{x}b");
        assertThat(text).isEqualTo("a" + value + "b");
    }

    @Test
    void a_task_adds_to_the_context_but_not_what_is_the_agents() throws Exception {
        assertThatThrownBy(() -> context.merge("noise\n{\"ticket\": {\"id\": 12}}\n"))
                .isInstanceOf(JsonText.Unreadable.class);
        context.merge("{\"ticket\": {\"id\": 12}}\n");
        assertThat(context.filled("{ticket.id}")).isEqualTo("12");
        for (String own : new String[] {"parameters", "job", "run", "KeeperApiBaseUrl"}) {
            assertThatThrownBy(() -> context.merge("{\"" + own + "\": {}}"))
                    .isInstanceOf(Context.NoValue.class);
        }
        assertThatThrownBy(() -> context.merge("no json")).isInstanceOf(JsonText.Unreadable.class);
        assertThatThrownBy(() -> context.merge("{\"x\": ["))
                .hasMessageMatching(
                        "not JSON as accepted here: line 1, column \\d+: it ends too early: what"
                                + " begins at line 1, column 7 has no end");
        assertThatThrownBy(() -> context.merge("{\"x\":\"" + "y".repeat(256 << 10) + "\"}"))
                .isInstanceOf(Context.NoValue.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'path':'policy.type','equals':'FileAccess'} | true",
                "{'path':'policy.type','equals':'fileaccess'} | false",
                "{'path':'policy.type','in':['a','FileAccess']} | true",
                "{'path':'policy.type','matches':'File.*'} | true",
                "{'path':'policy.type','matches':'File'} | false",
                "{'path':'policy.type','exists':true} | true",
                "{'path':'policy.other','exists':false} | true",
                "{'path':'nothing','exists':true} | false",
                "{'path':'policy.score','greaterThan':7} | true",
                "{'path':'policy.score','greaterThan':7.5} | false",
                "{'path':'policy.type','greaterThan':1} | false",
                "{'path':'user.uid','equals':1001.0} | true",
                "{'path':'user.uid','equals':'1001'} | false",
                "{'path':'parameters.days','equals':3} | true",
                "{'all':[{'path':'user','exists':true},{'not':{'path':'x','exists':true}}]} | true",
                "{'any':[{'path':'x','exists':true},{'path':'y','exists':true}]} | false",
            })
    void conditions_are_judged_by_the_context(String text, boolean holds) {
        ArrayList<io.kepm.api.jobs.JobFault> faults = new ArrayList<>();
        Condition condition = new ConditionReader(faults).read(json(text), "");
        assertThat(faults).isEmpty();
        assertThat(condition.holds(context)).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} |",
                "{'path':'a'} |",
                "{'path':'a b','exists':true} | /path",
                "{'path':'a','matches':'(('} | /matches",
                "{'path':'a','greaterThan':'x'} | /greaterThan",
                "{'all':[]} | /all",
                "{'all':[{'path':'a','exist':true}]} | /all/0/exist",
                "{'not':{'any':[{'path':'a','in':[]}]}} | /not/any/0/in",
                "{'all':[],'path':'a','exists':true} |",
            })
    void a_faulty_condition_is_told_with_its_place(String text, String path) {
        ArrayList<io.kepm.api.jobs.JobFault> faults = new ArrayList<>();
        var unused = new ConditionReader(faults).read(json(text), "");
        assertThat(faults)
                .extracting(io.kepm.api.jobs.JobFault::path)
                .contains(path == null ? "" : path);
    }
}
