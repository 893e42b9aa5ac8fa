package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.RunState;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import io.kepm.api.linux.LaunchOrder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A program that is launched: what it is, and what it is given. */
class ProcessTaskTest extends HouseFixture {

    @Test
    void a_process_starts_clean_and_knows_of_its_job_only_when_it_declares_topics()
            throws Exception {
        job("", "{'executablePath':'/usr/bin/env','env':{'TZ':'UTC','JOB_X':'{run.trigger}'}}");
        LaunchOrder order = child().order;
        assertThat(order.environment())
                .isEqualTo(
                        Map.of(
                                "PATH", Environment.PATH,
                                "LANG", "C.UTF-8",
                                "HOME", "/root",
                                "USER", "root",
                                "LOGNAME", "root",
                                "SHELL", "/bin/sh",
                                "TZ", "UTC",
                                "JOB_X", "manual"));
        assertThat(order.workingFolder()).isEqualTo(Path.of("/"));
        house.launches.launcher.children.get(0).exit(0);
        assertThat(house.last("j").state()).isEqualTo(RunState.SUCCEEDED);
        job(
                "'name':'N','mqttTopics':{'allowedPublications':['KeeperLogger']},",
                "{'executablePath':'/usr/bin/env'}");
        FakeChild told = child();
        assertThat(told.order.environment())
                .containsEntry("KEEPER_JOB_ID", "j")
                .containsEntry("KEEPER_JOB_NAME", "N")
                .containsEntry("KEEPER_RUN_ID", house.runs("j").get(0).id());
    }

    @Test
    void ab_75_a_program_that_is_a_shell_by_another_name_is_not_launched() throws Exception {
        Path link = folder.resolve("tool");
        Files.createSymbolicLink(link, Path.of("/bin/sh"));
        job("", "{'executablePath':'" + link + "'}");
        assertThat(house.run("j").reason()).contains("is the shell `");
        assertThat(house.launches.launcher.children).isEmpty();
    }

    @Test
    void ab_75_a_value_makes_no_starter_start_a_shell() throws Exception {
        job(
                "'parameters':[{'name':'p'}],",
                "{'executablePath':'/usr/bin/env','arguments':['{p}','-c','id']}");
        assertThat(house.jobs().run("j", Map.of("p", "/bin/sh"), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        assertThat(house.last("j").reason()).contains("a shell is not run by a job");
        assertThat(house.launches.launcher.children).isEmpty();
    }

    @Test
    void ab_75_a_variable_whose_value_leads_a_library_to_a_file_starts_nothing() throws Exception {
        for (String[] each :
                List.of(
                        new String[] {"LANG", "/tmp/evil"},
                        new String[] {"LC_ALL", "../tmp/evil"},
                        new String[] {"LANGUAGE", "%n"},
                        new String[] {"TZ", ":/etc/shadow"},
                        new String[] {"TZ", "../../etc/shadow"})) {
            job(
                    "'parameters':[{'name':'v'}],",
                    "{'executablePath':'/usr/bin/env','env':{'" + each[0] + "':'{v}'}}");
            assertThat(house.jobs().run("j", Map.of("v", each[1]), "root"))
                    .isInstanceOf(Jobs.Started.Accepted.class);
            assertThat(house.last("j").reason()).contains("names the place of a file");
        }
        assertThat(house.launches.launcher.children).isEmpty();
        assertThat(Environment.fault("TZ", "Europe/Berlin")).isEmpty();
        assertThat(Environment.fault("LANG", "de_DE.UTF-8@euro")).isEmpty();
    }

    @Test
    void a_command_is_looked_for_among_the_jobs_own_programs_first() throws Exception {
        Path own = folder.resolve("Jobs/bin/env/env");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "#!/bin/sh\n");
        job("", "{'command':'env'}");
        assertThat(child().order.executable()).isEqualTo(own);
        house.launches.launcher.children.get(0).exit(0);
        job("", "{'command':'no-such-program'}");
        assertThat(house.run("j").reason()).contains("there is no program `no-such-program`");
    }

    @Test
    void a_program_whose_signature_is_asked_for_runs_only_by_it() throws Exception {
        Path own = folder.resolve("Jobs/bin/tool/tool");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "#!/bin/sh\n");
        job("", "{'command':'tool','requireSignature':true}");
        assertThat(house.run("j").reason()).contains("tool.sig` is not there");
        Files.writeString(Path.of(own + ".sig"), "a signature");
        house.unsigned = "signer `x` is not trusted here";
        assertThat(house.run("j").reason()).contains("is not trusted here");
        assertThat(house.launches.launcher.children).isEmpty();
        house.unsigned = "";
        job("", "{'command':'tool','requireSignature':true}");
        assertThat(child().order.executable()).isEqualTo(own);
        house.launches.launcher.children.get(0).exit(0);
    }

    @Test
    void what_a_task_writes_goes_into_the_context_of_those_after_it() throws Exception {
        job(
                "",
                "{'id':'a','command':'echo','arguments':['{\\\"n\\\":5}'],"
                        + "'mergeStdoutJsonIntoContext':true}",
                "{'id':'b','command':'echo','arguments':['n={n}'],"
                        + "'condition':{'path':'n','greaterThan':4}}",
                "{'id':'c','command':'echo','arguments':['x'],"
                        + "'condition':{'path':'n','greaterThan':5}}",
                "{'id':'d','command':'echo','arguments':['{unknown}'],'continueOnFailure':true}");
        JobRun run = house.run("j");
        assertThat(run.tasks())
                .extracting(one -> one.id() + " " + one.state().word() + " " + one.output())
                .containsExactly(
                        "a Succeeded {\"n\":5}", "b Succeeded n=5", "c Skipped ", "d Failed ");
    }

    @Test
    void a_warning_on_standard_error_does_not_spoil_what_goes_into_the_context() throws Exception {
        house.launches.launcher.output =
                () -> new ByteArrayInputStream("{\"n\":5}".getBytes(StandardCharsets.UTF_8));
        house.launches.launcher.errors =
                () -> new ByteArrayInputStream("deprecated\n".getBytes(StandardCharsets.UTF_8));
        job(
                "",
                "{'id':'a','executablePath':'/usr/bin/env','mergeStdoutJsonIntoContext':true}",
                "{'id':'b','command':'echo','arguments':['n={n}']}");
        FakeChild child = child();
        assertThat(child.order.partsErrors()).isTrue();
        child.exit(0);
        assertThat(house.last("j").tasks())
                .extracting(JobRun.TaskRun::output)
                .containsExactly("{\"n\":5}\ndeprecated\n", "n=5");
        // Where nothing is merged, both go together as they come.
        job("", "{'executablePath':'/usr/bin/env'}");
        assertThat(child().order.partsErrors()).isFalse();
    }
}
