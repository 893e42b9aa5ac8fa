package io.kepm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench.Outcome;
import io.kepm.cli.text.Screen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every text of an answer is an attack; nothing of it may reach the terminal as it is. */
class HostileAnswersTest {

    private static final String EVIL = "\\u001b]0;x\\u0007\\u001b[2J\\u202e\\u009b31m\\n\\r\\u2028";

    private final Bench bench = new Bench();

    @BeforeEach
    void answers() {
        String e = "\"" + EVIL + "\"";
        String all =
                ("{'status':E,'version':E,'timestamp':E,'loadedAt':E,'revision':E,'folder':E,'failure':[],"
                                + "'user':E,'governed':true,'decision':E,'controls':[E],'subject':E,'users':[E],"
                                + "'steps':[E],'warnings':[E],'fault':'','intact':false,'records':1,'head':E,"
                                + "'firstBad':E,'plugins':{'total':E},'jobs':{'total':E,'enabled':E},"
                                + "'checks':[{'name':E,'state':E,'detail':E,'advice':E}],"
                                + "'policies':[{'id':E,'name':E,'version':E,'type':E,'status':E,'controls':[E]}],"
                                + "'reasons':[{'text':E}],'wouldHave':[{'policyId':E,'outcome':E}],"
                                + "'considered':[{'policyId':E,'policyVersion':E,'text':E,"
                                + "'filters':[{'filter':E,'matched':true,'detail':E}]}],"
                                + "'state':E,'trigger':E,'by':E,'started':E,'name':E,'description':E,"
                                + "'tasks':[{'id':E,'state':E,'attempts':1,'reason':E,'output':E}],"
                                + "'triggers':[E],'faults':[{'pointer':E,'detail':E}],'document':{E:E},"
                                + "'next':E,'items':[{'seq':1,'id':E,'event_time':E,'audit_event_type':E,"
                                + "'outcome':E,'user_info':{'name':E,'tty':E,'uid':E},'reason':E,E:E,"
                                + "'admin_info':{'name':E},'details':{E:E,'x':[E]},'hash':E,'prev_hash':E,"
                                + "'target_info':{'path':E,'argv':[E,E],'run_as':E,'cwd':E,'sha256':E},"
                                + "'commands':[E],'runAs':[E],'controls':[E],'policyName':E,'policyId':E,"
                                + "'user':E,'path':E,'argv':[E,E],'to':E}]}")
                        .replace("'", "\"")
                        .replace("E", e)
                        .replace("\"\"" + EVIL + "\"\"", e);
        bench.agent().answers("GET ", all).answers("POST ", all);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource({
        "status,",
        "list,",
        "grants,",
        "doctor,",
        "policy list,",
        "policy reload,",
        "policy explain,-u alice ls",
        "audit list,",
        "audit show,1",
        "audit tail,",
        "audit report,",
        "audit verify,",
        "audit export,",
        "job list,",
        "job show,x",
        "job validate,/dev/null",
        "job delete,x",
        "job reload,",
        "plugin reload,",
        "job run,x",
        "job runs,x",
        "job log,--run 1 x",
        "job cancel,x",
        "govern,-y x",
        "ungovern,-y x",
    })
    void ab_97_no_answer_drives_the_terminal(String verb, String arguments) {
        String[] words = arguments == null ? new String[0] : arguments.split(" ");
        for (int columns : new int[] {60, 200}) {
            harmless(bench.on(new Screen(true, columns, false, true)).run(verb, words));
            harmless(bench.on(new Screen(true, columns, false, false)).run(verb, words));
        }
        String[] json = new String[words.length + 1];
        json[0] = "--json";
        System.arraycopy(words, 0, json, 1, words.length);
        harmless(bench.run(verb, json));
    }

    @ParameterizedTest
    @CsvSource({"400", "401", "403", "404", "422", "500", "503"})
    void ab_97_no_refusal_drives_the_terminal(int status) {
        String problem =
                "{\"title\":\"E\",\"detail\":\"E\",\"errors\":[{\"pointer\":\"E\",\"detail\":\"E\"}]}"
                        .replace("E", EVIL);
        bench.agent().answers("GET ", status, problem);
        Outcome outcome = bench.run("grants");
        harmless(outcome);
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.err()).contains("\\x1b");
    }

    private static void harmless(Outcome outcome) {
        String all = outcome.out() + outcome.err();
        assertThat(all).isNotEmpty().doesNotContain("internal fault");
        assertThat(all.codePoints())
                .noneMatch(
                        c ->
                                (c < ' ' && c != '\n')
                                        || (c >= 0x7f && c < 0xa0)
                                        || Character.getType(c) == Character.FORMAT
                                        || c == 0x2028);
    }
}
