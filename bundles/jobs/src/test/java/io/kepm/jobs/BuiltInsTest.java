package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.PendingWatch;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.RunState;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the agent does itself for a task. */
class BuiltInsTest extends HouseFixture {

    @Test
    void a_job_says_at_the_broker_what_it_declares_and_nothing_else() throws Exception {
        String topics = "'mqttTopics':{'allowedPublications':['Site/+','AuditMessage']},";
        job(
                topics,
                "{'type':'mqtt','topic':'Site/{run.trigger}','payload':{'id':'{job.id}','n':1}}",
                "{'type':'builtin','command':'publish-mqtt','arguments':{'topic':'Site/x','payload':'y'}}");
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.published).contains("Site/manual {\"id\":\"j\",\"n\":1}", "Site/x y");
        for (String topic : List.of("AuditMessage", "Other/x", "Site/a/b", "KeeperPolicy")) {
            job(
                    topics,
                    "{'type':'builtin','command':'publish-mqtt',"
                            + "'arguments':{'topic':'"
                            + topic
                            + "','payload':'y'}}");
            assertThat(house.run("j").reason()).as(topic).contains("allowedPublications");
        }
    }

    @Test
    void a_toast_is_a_notice_on_the_desktop_and_a_message_one_on_the_terminals() throws Exception {
        house.job(
                "j",
                "{'id':'j','name':'Printers','events':['Jam'],'tasks':["
                        + "{'id':'a','command':'show-toast','arguments':['{what}']},"
                        + "{'id':'b','command':'show-toast','arguments':"
                        + "{'title':'T','message':'{what}'}},"
                        + "{'id':'c','command':'display-message','arguments':{'message':'{what}'}}"
                        + "]}");
        new Events(house.wiring.triggers(), uid -> false)
                .heard("Events/Jam", "{\"what\":\"--x <b>\",\"user\":{\"uid\":1001}}".getBytes());
        house.tick();
        assertThat(house.last("j").tasks())
                .extracting(JobRun.TaskRun::output)
                .containsExactly("shown by a fake", "shown by a fake", "typed by a fake");
        assertThat(house.notices.shown)
                .containsExactly(
                        "show 1001 Printers: --x <b>",
                        "show 1001 T: --x <b>",
                        "type 1001 : --x <b>");
    }

    @Test
    void what_is_logged_is_visible_text_and_the_output_of_its_task() throws Exception {
        for (String level : List.of("Error", "Warning", "Information", "Debug", "another")) {
            job(
                    "'parameters':[{'name':'p'}],",
                    "{'command':'log-message','arguments':{'message':'said {p}','level':'%s'}}"
                            .formatted(level));
            assertThat(house.jobs().run("j", Map.of("p", "\u202eby"), "root"))
                    .isInstanceOf(Jobs.Started.Accepted.class);
            JobRun run = house.last("j");
            assertThat(run.state()).as(level).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.tasks().get(0).output())
                    .startsWith("said ")
                    .endsWith("by")
                    .doesNotContain("\u202e");
        }
    }

    @Test
    void a_value_stays_a_text_in_the_object_that_is_published() throws Exception {
        job(
                "'events':['E'],'mqttTopics':{'allowedPublications':['Site/x']},",
                "{'type':'builtin','command':'publish-mqtt',"
                        + "'arguments':{'topic':'Site/x','payload':{'who':'{name}'}}}");
        new Events(house.wiring.triggers(), uid -> false)
                .heard("Events/E", "{\"name\":\"x\\\",\\\"admin\\\":\\\"y\"}".getBytes());
        house.tick();
        assertThat(house.last("j").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.published).contains("Site/x {\"who\":\"x\\\",\\\"admin\\\":\\\"y\"}");
    }

    @Test
    void a_job_starts_another_with_parameters_and_a_ring_of_them_ends() throws Exception {
        house.job(
                "b",
                "{'id':'b','parameters':[{'name':'n','type':'int','required':true}],"
                        + "'tasks':[{'command':'echo','arguments':['{n}']}]}");
        job("", "{'type':'builtin','command':'run-job','arguments':{'jobId':'b','n':'3'}}");
        // Often enough that the other one is over before it is looked at.
        for (int i = 0; i < 30; i++) {
            assertThat(house.run("j"))
                    .extracting("state", "reason")
                    .containsExactly(RunState.SUCCEEDED, "");
        }
        assertThat(house.last("b").tasks().get(0).output()).isEqualTo("3");
        assertThat(house.last("b").trigger()).isEqualTo("job:j");
        job(
                "'maxConcurrent':16,",
                "{'type':'builtin','command':'run-job','arguments':{'jobId':'j'}}");
        var unused = house.run("j");
        TestHouse.await(
                () ->
                        house.runs("j").stream()
                                .anyMatch(run -> run.reason().contains("asked for one another")));
        assertThat(house.ended("j")).contains("Skipped");
    }

    @Test
    void only_a_job_that_the_settings_name_answers_and_only_the_request_it_was_started_for()
            throws Exception {
        String answer =
                "{'id':'ticket','events':['PolicyEvaluationPending'],'tasks':["
                        + "{'id':'c','command':'check-approval-provider'},"
                        + "{'id':'a','type':'builtin','command':'answer-approval','arguments':"
                        + "{'decision':'approve','comment':'ticket 12 of {user.name}, risk {policy.riskLevel}'%s}}]}";
        house.job("ticket", answer.formatted(""));
        PendingWatch.Waiting waiting =
                new PendingWatch.Waiting(
                        "11111111-2222",
                        "PrivilegeElevation",
                        "alice",
                        1001,
                        "/usr/bin/id",
                        List.of("id"),
                        "root",
                        "why",
                        List.of("APPROVAL"),
                        List.of("p v1"),
                        OptionalInt.of(80));
        new Events(house.wiring.triggers(), uid -> false).pending(waiting);
        house.tick();
        assertThat(house.last("ticket").reason()).contains("no approval provider");
        try (TestHouse named =
                new TestHouse(folder, new FakeBooks(), house.times, List.of("ticket"))) {
            named.look();
            new Events(named.wiring.triggers(), uid -> false).pending(waiting);
            named.tick();
            assertThat(named.last("ticket").tasks().get(0).output())
                    .contains("\"approvalProvider\":true");
            assertThat(named.decided)
                    .containsExactly(
                            "APPROVE 11111111-2222 by provider:ticket (ticket 12 of alice, risk 80)");
            // By hand, or by a message of somebody, it answers nothing.
            new Events(named.wiring.triggers(), uid -> false)
                    .heard(
                            "Events/PolicyEvaluationPending",
                            ("{\"requestId\":\"11111111-2222\",\"user\":{\"name\":\"eve\"},"
                                            + "\"policy\":{\"riskLevel\":1}}")
                                    .getBytes());
            named.tick();
            assertThat(named.last("ticket").reason()).contains("not started by a request");
            named.job("ticket", answer.formatted(",'requestId':'99999999-0000'"));
            new Events(named.wiring.triggers(), uid -> false).pending(waiting);
            named.tick();
            assertThat(named.last("ticket").reason()).contains("may answer request 11111111-2222");
            assertThat(named.decided).hasSize(1);
        }
    }
}
