package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What policies say about jobs and settings. */
class PolicyJobsTest extends HouseFixture {

    @Test
    void ab_139_what_policy_says_about_jobs_widens_nothing_but_jobs() throws Exception {
        house.configurations.add(
                configuration(
                        "p1",
                        "JobUpdate",
                        "{'Action':'Add','JobId':'weekly','Job':{'id':'weekly','tasks':[{'command':'echo'}]}}"));
        house.configurations.add(
                configuration(
                        "p2",
                        "SettingsUpdate",
                        "{'TargetFile':'appsettings.json','SettingsJson':{'Settings':{'AlternativeSignatures':['x']}}}"));
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.reason()).contains("p2: a security setting");
        assertThat(house.jobs().find("weekly")).isPresent();
        assertThat(folder.resolve("appsettings.json")).doesNotExist();
        house.configurations.clear();
        house.configurations.add(
                configuration("p3", "JobUpdate", "{'Action':'Delete','JobId':'weekly'}"));
        house.configurations.add(
                configuration(
                        "p4",
                        "JobUpdate",
                        "{'Action':'Add','JobId':'x','Job':{'id':'x','tasks':[{'command':'bash'}]}}"));
        house.configurations.add(
                configuration(
                        "p5", "JobUpdate", "{'Action':'Add','JobId':'../x','Job':{'id':'y'}}"));
        JobRun bad = house.run("j");
        assertThat(bad.reason()).contains("p4").contains("a shell is not run").contains("p5");
        assertThat(house.jobs().find("weekly")).isEmpty();
        assertThat(house.jobs().find("x")).isEmpty();
    }

    @Test
    void what_policies_say_about_settings_goes_to_the_desk_and_is_taken_back_with_them()
            throws Exception {
        house.configurations.add(
                configuration(
                        "p1",
                        "SettingsUpdate",
                        "{'PluginName':'clock','SettingsJson':{'metadata':{'a':1}}}"));
        house.configurations.add(
                configuration(
                        "p2",
                        "SettingsUpdate",
                        "{'TargetFile':'appsettings.json','Action':'Update','SettingsJson':'{}'}"));
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        JobRun run = house.run("j");
        assertThat(run.tasks().get(0).output())
                .contains("p1: settings of `Plugins/clock.json` count")
                .contains("p2: settings of `appsettings.json` count");
        assertThat(house.settings.followed)
                .containsExactly(
                        "p1 Plugins/clock.json {\"metadata\":{\"a\":1}}", "p2 appsettings.json {}");
        house.configurations.clear();
        house.configurations.add(
                configuration("p3", "SettingsUpdate", "{'PluginName':'x','Action':'Delete'}"));
        assertThat(house.run("j").reason()).contains("p3: `PluginName` or `TargetFile`");
        assertThat(house.settings.followed).isEmpty();
    }

    @Test
    void a_job_that_a_policy_made_goes_with_it_unless_somebody_changed_it_since() throws Exception {
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        for (String id : List.of("made", "changed", "j2")) {
            house.configurations.add(
                    configuration(
                            "p-" + id,
                            "JobUpdate",
                            "{'Job':{'id':'" + id + "','tasks':[{'command':'echo'}]}}"));
        }
        house.job("j2", "{'id':'j2','tasks':[{'command':'log-message'}]}");
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        house.configurations.set(
                0,
                configuration(
                        "p-made",
                        "JobUpdate",
                        "{'Job':{'id':'made','tasks':[{'command':'log-message'}]}}"));
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.jobs().document("made").orElseThrow()).contains("log-message");
        house.configurations.set(
                0,
                configuration(
                        "p-made",
                        "JobUpdate",
                        "{'Job':{'id':'made','tasks':[{'command':'echo'}],'colour':'red'}}"));
        assertThat(house.run("j").reason()).contains("p-made: /colour: unknown member");
        assertThat(house.jobs().document("made").orElseThrow())
                .as("it is as it was, and goes with its policy all the same")
                .contains("log-message");
        house.job("changed", "{'id':'changed','tasks':[{'command':'log-message'}]}");
        house.configurations.clear();
        JobRun run = house.run("j");
        assertThat(run.tasks().get(0).output())
                .contains("job `made` went with policy p-made")
                .contains("job `changed` stays: it is not as policy p-changed made it");
        assertThat(house.jobs().find("made")).isEmpty();
        assertThat(house.jobs().find("changed")).isPresent();
        assertThat(house.jobs().find("j2")).as("it was there before").isPresent();
        assertThat(house.run("j").tasks().get(0).output())
                .isEqualTo("no policy says anything about configuration");
    }

    private static PolicyEngine.Configuration configuration(String id, String type, String json) {
        return new PolicyEngine.Configuration(
                new PolicyRef(id, id, 1), type, json.replace('\'', '"'));
    }

    @Test
    void a_job_of_whose_maker_nothing_can_be_read_stays_and_is_named() throws Exception {
        job("", "{'type':'builtin','command':'process-configuration-policies'}");
        house.configurations.add(
                configuration(
                        "p", "JobUpdate", "{'Job':{'id':'lost','tasks':[{'command':'echo'}]}}"));
        assertThat(house.run("j").state()).isEqualTo(RunState.SUCCEEDED);
        house.configurations.clear();
        house.books.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.JOB_STATE, "policy/lost", "no JSON".getBytes())),
                        List.of()));
        assertThat(house.run("j").reason())
                .contains("job `lost` stays: what is stored of who made it can't be read");
        assertThat(house.jobs().find("lost")).isPresent();
        assertThat(house.run("j").state()).as("told once").isEqualTo(RunState.SUCCEEDED);
    }
}
