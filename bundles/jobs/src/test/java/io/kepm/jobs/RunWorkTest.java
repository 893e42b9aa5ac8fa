package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.Chore;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.RunState;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The tasks of a run, one after the other: tried again, skipped, stopped. */
class RunWorkTest extends HouseFixture {

    @Test
    void what_fails_is_tried_again_and_what_may_fail_does_not_end_the_job() throws Exception {
        int[] calls = {0};
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            calls[0]++;
                            throw new java.io.IOException("busy");
                        });
        job(
                "",
                "{'id':'r','type':'builtin','command':'log-retention',"
                        + "'retry':{'attempts':3,'backoffSeconds':0},'continueOnFailure':true}",
                "{'id':'e','command':'echo','arguments':['on']}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(calls[0]).isEqualTo(3);
        assertThat(run.tasks().get(0).attempts()).isEqualTo(3);
        assertThat(run.tasks().get(0).reason()).isEqualTo("busy");
    }

    @Test
    void between_two_tries_there_is_a_pause_which_a_cancel_ends() throws Exception {
        java.util.List<Long> calls = new java.util.concurrent.CopyOnWriteArrayList<>();
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            calls.add(System.nanoTime());
                            throw new java.io.IOException("busy");
                        });
        String task =
                "{'type':'builtin','command':'log-retention',"
                        + "'retry':{'attempts':2,'backoffSeconds':%d}}";
        job("", task.formatted(1));
        assertThat(house.run("j").state()).isEqualTo(RunState.FAILED);
        assertThat(calls).hasSize(2);
        assertThat(calls.get(1) - calls.get(0)).isGreaterThanOrEqualTo(1_000_000_000L);
        job("", task.formatted(600));
        assertThat(house.jobs().run("j", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> calls.size() == 3);
        TestHouse.await(
                () ->
                        house.runs("j").get(0).tasks().stream()
                                .anyMatch(one -> one.reason().equals("busy")));
        assertThat(house.jobs().cancel("j", "", "root").isDone()).isTrue();
        assertThat(house.last("j").state()).isEqualTo(RunState.CANCELLED);
        assertThat(calls).hasSize(3);
    }

    @Test
    void a_reason_without_end_is_cut_so_that_it_fits_into_its_record() throws Exception {
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            throw new java.io.IOException("x".repeat(1_000_000));
                        });
        job("", "{'type':'builtin','command':'log-retention'}");
        JobRun run = house.run("j");
        assertThat(run.reason()).hasSize(Run.LONGEST_REASON + 1);
        assertThat(run.tasks().get(0).reason()).hasSize(Run.LONGEST_REASON + 1);
    }

    @Test
    void a_chore_that_does_not_end_is_interrupted() throws Exception {
        house.chore =
                chore(
                        "log-retention",
                        () -> {
                            Thread.sleep(60_000);
                            return "";
                        });
        job("", "{'type':'builtin','command':'log-retention','timeoutSeconds':1}");
        assertThat(house.run("j").state()).isEqualTo(RunState.TIMED_OUT);
        house.job("k", "{'id':'k','tasks':[{'type':'builtin','command':'log-retention'}]}");
        var unused = house.jobs().run("k", Map.of(), "root");
        TestHouse.await(() -> house.runs("k").get(0).tasks().size() == 1);
        assertThat(house.jobs().cancel("k", "", "root").isDone()).isTrue();
        assertThat(house.last("k").state()).isEqualTo(RunState.CANCELLED);
    }

    @FunctionalInterface
    private interface Work {
        String run() throws Exception;
    }

    private static Optional<Chore> chore(String name, Work work) {
        return Optional.of(
                new Chore() {
                    @Override
                    public String name() {
                        return name;
                    }

                    @Override
                    public String run(Map<String, String> arguments) throws Exception {
                        return work.run();
                    }
                });
    }

    @Test
    void a_task_is_skipped_when_a_setting_of_a_plugin_is_false_and_fails_when_nobody_knows()
            throws Exception {
        String task = "{'command':'echo','arguments':['x'],'skipWhenPluginSettingFalse':'P/on'}";
        job("", task);
        assertThat(house.run("j").reason()).contains("`on` of `P` can't be read");
        house.flags.put("P/on", false);
        assertThat(house.run("j").tasks().get(0).state()).isEqualTo(RunState.SKIPPED);
        house.flags.put("P/on", true);
        assertThat(house.run("j").tasks().get(0).state()).isEqualTo(RunState.SUCCEEDED);
    }
}
