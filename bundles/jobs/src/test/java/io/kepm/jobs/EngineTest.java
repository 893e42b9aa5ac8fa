package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Triggers, queues and runs on fakes, with clocks that are turned. */
class EngineTest {

    private static final String ECHO = "'tasks':[{'command':'echo','arguments':['hello']}]";

    @TempDir Path folder;
    private TestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    private static String job(String id, String members) {
        return "{'id':'" + id + "'," + members + "}";
    }

    private static String slow(String id, String members) {
        return job(id, members + "'tasks':[{'id':'t','executablePath':'/usr/bin/env'}]");
    }

    @Test
    void an_interval_runs_each_time_and_is_on_record() throws Exception {
        house.job("i", job("i", "'schedule':{'intervalMinutes':1}," + ECHO));
        house.pass(Duration.ofSeconds(59));
        assertThat(house.runs("i")).isEmpty();
        house.pass(Duration.ofSeconds(1));
        assertThat(house.ended("i")).containsExactly("Succeeded");
        house.pass(Duration.ofMinutes(1));
        assertThat(house.ended("i")).hasSize(2);
        house.pass(Duration.ofMinutes(1));
        assertThat(house.ended("i")).hasSize(3);
        JobRun run = house.last("i");
        assertThat(run.trigger()).isEqualTo("interval");
        assertThat(run.tasks().get(0).output()).isEqualTo("hello");
        // What ended is on record a moment later.
        TestHouse.await(
                () ->
                        house.books.records().stream().filter("JOB_RUN SUCCEEDED"::equals).count()
                                == 3);
        TestHouse.await(
                () ->
                        house.published.stream()
                                        .filter(one -> one.startsWith("Jobs/i/events {"))
                                        .filter(one -> one.contains("\"state\":\"Succeeded\""))
                                        .count()
                                == 3);
    }

    @Test
    void of_1000_jobs_200_that_are_due_in_the_same_second_all_run_once() throws Exception {
        for (int i = 0; i < 1000; i++) {
            String times =
                    i < 200
                            ? "'schedule':{'cron':'0 6 * * *','timeZone':'UTC'},"
                            : "'events':['x'],";
            Files.writeString(
                    folder.resolve("Jobs/j" + i + ".json"),
                    job("j" + i, times + ECHO).replace('\'', '"'));
        }
        house.look();
        assertThat(house.jobs().counts()).isEqualTo(new Jobs.Counts(1000, 1000));
        house.times.pass(Duration.ofMinutes(60).minusSeconds(1));
        house.tick();
        int before = house.books.commits();
        house.pass(Duration.ofSeconds(3));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.addAll(house.ended("j" + i));
        }
        assertThat(all).hasSize(200).containsOnly("Succeeded");
        // One for all that began, one for each that ended.
        TestHouse.await(() -> house.books.commits() - before >= 201);
        assertThat(house.books.commits() - before).isEqualTo(201);
    }

    @Test
    void ab_75_beyond_1000_documents_are_refused() throws Exception {
        for (int i = 0; i < 1003; i++) {
            Files.writeString(
                    folder.resolve("Jobs/j" + i + ".json"), job("j" + i, ECHO).replace('\'', '"'));
        }
        house.look();
        assertThat(house.jobs().list())
                .filteredOn(one -> !one.faults().isEmpty())
                .hasSize(3)
                .allMatch(one -> one.faults().get(0).message().equals("more than 1,000 jobs"));
    }

    @Test
    void ab_75_a_file_that_others_could_have_changed_is_not_used() throws Exception {
        house.violations.add(
                new io.kepm.api.trust.FileTrust.Violation(
                        folder, "`x` can be written by others", "chmod go-w x"));
        house.job("x", job("x", ECHO));
        assertThat(house.jobs().run("x", Map.of(), "root"))
                .isInstanceOfSatisfying(
                        Jobs.Started.Refused.class,
                        refused ->
                                assertThat(refused.faults().get(0).message())
                                        .contains("chmod go-w x"));
        assertThat(house.books.records()).contains("CONFIGURATION_CHANGED REFUSED");
        assertThat(house.wiring.health().check().level().word()).isEqualTo("degraded");
    }

    @Test
    void what_is_due_while_the_run_before_goes_on_is_skipped_and_what_is_asked_for_waits()
            throws Exception {
        house.job("s", slow("s", "'schedule':{'intervalMinutes':1},"));
        house.pass(Duration.ofMinutes(1));
        TestHouse.await(() -> house.launches.launcher.children.size() == 1);
        house.pass(Duration.ofMinutes(1));
        assertThat(house.runs("s").get(0).state()).isEqualTo(RunState.SKIPPED);
        assertThat(house.runs("s").get(0).reason()).contains("goes on still");
        assertThat(house.jobs().run("s", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        assertThat(house.runs("s").get(0).state()).isEqualTo(RunState.QUEUED);
        house.launches.launcher.children.get(0).exit(0);
        TestHouse.await(() -> house.launches.launcher.children.size() == 2);
        house.launches.launcher.children.get(1).exit(3);
        JobRun last = house.last("s");
        assertThat(last.state()).isEqualTo(RunState.FAILED);
        assertThat(last.reason()).isEqualTo("task `t`: exit code 3");
    }

    @Test
    void the_17th_that_waits_is_skipped() throws Exception {
        house.job("q", slow("q", ""));
        for (int i = 0; i < 18; i++) {
            var unused = house.jobs().run("q", Map.of(), "root");
        }
        assertThat(house.runs("q").get(0).reason()).contains("16 runs of it wait");
        assertThat(house.runs("q")).filteredOn(run -> run.state() == RunState.QUEUED).hasSize(16);
        assertThat(house.jobs().cancel("q", "", "root").isDone()).isTrue();
        assertThat(house.ended("q")).filteredOn("Cancelled"::equals).hasSize(17);
    }

    @Test
    void times_that_passed_while_the_agent_was_down_count_once_or_not_at_all() throws Exception {
        String daily = "'schedule':{'cron':'0 6 * * *','timeZone':'UTC','misfire':'%s'}," + ECHO;
        house.job("once", job("once", daily.formatted("runOnce")));
        house.job("skip", job("skip", daily.formatted("skip")));
        house.times.pass(Duration.ofDays(3));
        try (TestHouse next = house.crashed()) {
            next.wiring.start();
            TestHouse.await(() -> next.runs("once").size() == 1 && next.runs("skip").size() == 1);
            assertThat(next.ended("once")).containsExactly("Succeeded");
            assertThat(next.last("skip").state()).isEqualTo(RunState.SKIPPED);
            assertThat(next.last("skip").reason()).contains("`misfire` is `skip`");
            assertThat(next.last("once").due()).isEqualTo(Instant.parse("2026-11-28T06:00:00Z"));
        }
    }

    @Test
    void a_time_that_was_taken_is_not_taken_again_by_the_next_agent() throws Exception {
        house.job("d", job("d", "'schedule':{'cron':'0 6 * * *','timeZone':'UTC'}," + ECHO));
        house.times.pass(Duration.ofMinutes(60));
        house.tick();
        assertThat(house.ended("d")).hasSize(1);
        try (TestHouse next = house.crashed()) {
            next.look();
            next.pass(Duration.ofSeconds(5));
            assertThat(next.ended("d")).hasSize(1);
        }
    }

    @Test
    void runAt_comes_once_and_not_when_it_was_past_before_it_was_written() throws Exception {
        house.job("at", job("at", "'schedule':{'runAt':'2026-11-26T05:00:30Z'}," + ECHO));
        house.job("past", job("past", "'schedule':{'runAt':'2026-11-26T04:00:00Z'}," + ECHO));
        house.pass(Duration.ofMinutes(3));
        assertThat(house.ended("at")).containsExactly("Succeeded");
        assertThat(house.runs("past")).isEmpty();
    }

    @Test
    void startup_is_an_event_once_and_events_bring_their_context() throws Exception {
        house.job(
                "s",
                job(
                        "s",
                        "'events':['Startup',{'eventType':'Disk'}],"
                                + "'tasks':[{'command':'echo','arguments':['{run.trigger} {disk}']}],"
                                + "'condition':{'path':'disk','exists':true},'alternateJobId':'other'"));
        house.job("other", job("other", ECHO));
        house.wiring.start();
        TestHouse.await(() -> house.runs("other").size() == 1);
        assertThat(house.ended("s")).containsExactly("Skipped");
        assertThat(house.last("s").reason()).contains("of `other` instead");
        assertThat(house.last("other").trigger()).isEqualTo("job:s");
        new Events(house.wiring.triggers(), uid -> false)
                .heard("Events/Disk", "{\"disk\":\"sda\",\"run\":1}".getBytes());
        TestHouse.await(() -> house.runs("s").size() == 2);
        assertThat(house.last("s").tasks().get(0).output()).isEqualTo("event:Disk sda");
        new Events(house.wiring.triggers(), uid -> false).heard("Events/Disk", "x".getBytes());
        house.tick();
        assertThat(house.runs("s")).hasSize(2);
    }

    @Test
    void ab_75_nobody_says_to_the_agent_that_it_starts() throws Exception {
        house.job("s", job("s", "'events':['Startup','Startup2']," + ECHO));
        Events events = new Events(house.wiring.triggers(), uid -> false);
        events.heard("Events/Startup", new byte[0]);
        house.tick();
        assertThat(house.runs("s")).isEmpty();
        events.heard("Events/Startup2", new byte[0]);
        house.tick();
        assertThat(house.last("s").trigger()).isEqualTo("event:Startup2");
    }

    @Test
    void a_job_that_is_disabled_or_for_others_never_runs() throws Exception {
        house.job("off", job("off", "'enabled':false,'events':['go']," + ECHO));
        house.job("win", job("win", "'osFilter':{'windows':true},'events':['go']," + ECHO));
        house.wiring.triggers().raise("go", JsonText.object(), java.util.Optional.empty());
        house.tick();
        for (String id : List.of("off", "win")) {
            assertThat(house.runs(id)).isEmpty();
            assertThat(house.jobs().run(id, Map.of(), "root"))
                    .isInstanceOf(Jobs.Started.Refused.class);
        }
    }

    @Test
    void a_job_that_is_disabled_misses_nothing_and_begins_anew_when_it_is_enabled()
            throws Exception {
        for (String when :
                List.of(
                        "'intervalMinutes':5",
                        "'cron':'0 6 * * *','timeZone':'UTC'",
                        "'runAt':'2026-11-26T06:00:00Z'")) {
            String members = "'enabled':%s,'schedule':{" + when + "}," + ECHO;
            house.job("late", job("late", members.formatted("true")));
            house.job("late", job("late", members.formatted("false")));
            house.times.pass(Duration.ofDays(3));
            house.tick();
            house.job("late", job("late", members.formatted("true")));
            house.tick();
            assertThat(house.runs("late")).as(when).isEmpty();
            house.job("late", job("late", members.formatted("false")));
            house.times.pass(Duration.ofDays(3));
            try (TestHouse next = house.crashed()) {
                next.job("late", job("late", members.formatted("true")));
                next.tick();
                assertThat(next.runs("late")).as(when + ", over a restart").isEmpty();
            }
        }
        house.job("late", job("late", "'schedule':{'cron':'0 6 * * *','timeZone':'UTC'}," + ECHO));
        house.times.pass(Duration.ofDays(1));
        house.tick();
        assertThat(house.ended("late")).as("and then it runs as it says").hasSize(1);
    }

    @Test
    void what_waits_of_a_job_that_is_disabled_or_removed_meanwhile_does_not_run() throws Exception {
        for (String id : List.of("off", "gone")) {
            house.job(id, slow(id, ""));
            for (int i = 0; i < 2; i++) {
                assertThat(house.jobs().run(id, Map.of(), "root"))
                        .isInstanceOf(Jobs.Started.Accepted.class);
            }
        }
        TestHouse.await(() -> house.launches.launcher.children.size() == 2);
        house.job("off", slow("off", "'enabled':false,"));
        assertThat(house.jobs().delete("gone", "root").isDone()).isTrue();
        house.launches.launcher.children.forEach(child -> child.exit(0));
        for (String id : List.of("off", "gone")) {
            assertThat(house.ended(id)).containsExactly("Skipped", "Succeeded");
            assertThat(house.last(id).reason()).contains("disabled or removed while");
        }
        assertThat(house.launches.launcher.children).hasSize(2);
    }

    @Test
    void a_crash_leaves_no_run_that_goes_on_and_ends_its_process() throws Exception {
        house.job("c", slow("c", ""));
        for (int i = 0; i < 3; i++) {
            var unused = house.jobs().run("c", Map.of(), "root");
        }
        TestHouse.await(() -> house.launches.launcher.children.size() == 1);
        TestHouse.await(
                () ->
                        house.books.list(io.kepm.api.storage.Table.JOB_STATE).values().stream()
                                .anyMatch(row -> new String(row).contains("\"pid\":1000")));
        try (TestHouse next = house.crashed()) {
            assertThat(next.ended("c")).containsExactly("Failed", "Failed", "Failed");
            assertThat(next.last("c").reason()).isEqualTo("agent restarted");
            assertThat(next.ended).containsExactly("1000 10000");
            assertThat(next.books.list(io.kepm.api.storage.Table.JOB_STATE)).isEmpty();
        }
    }

    @Test
    void nothing_runs_that_is_not_on_record() throws Exception {
        house.job("r", slow("r", "'events':['go'],"));
        house.books.failing = true;
        assertThat(house.jobs().run("r", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Refused.class);
        house.wiring.triggers().raise("go", JsonText.object(), java.util.Optional.empty());
        house.tick();
        assertThat(house.launches.launcher.children).isEmpty();
        house.books.failing = false;
        assertThat(house.runs("r")).isEmpty();
        // What was due is due still.
        house.tick();
        TestHouse.await(() -> house.runs("r").size() == 1);
        assertThat(house.runs("r").get(0).trigger()).isEqualTo("event:go");
    }

    @Test
    void what_is_owed_of_a_job_that_is_gone_does_not_run() throws Exception {
        house.job("g", slow("g", "'events':['go'],"));
        house.books.failing = true;
        house.wiring.triggers().raise("go", JsonText.object(), java.util.Optional.empty());
        house.tick();
        java.nio.file.Files.delete(folder.resolve("Jobs/g.json"));
        house.look();
        house.books.failing = false;
        house.tick();
        // A run is in the store before anything of it happens.
        assertThat(house.books.list(io.kepm.api.storage.Table.JOB_STATE).values())
                .noneMatch(
                        row ->
                                new String(row, java.nio.charset.StandardCharsets.UTF_8)
                                        .contains("event:go"));
    }

    @Test
    void a_run_without_what_it_needs_is_skipped_and_says_so() throws Exception {
        house.job(
                "n",
                "{'id':'n','events':['go'],'parameters':[{'name':'who','required':true}],"
                        + "'tasks':[{'command':'echo','arguments':['a']}]}");
        house.wiring.triggers().raise("go", JsonText.object(), java.util.Optional.empty());
        house.tick();
        assertThat(house.ended("n")).containsExactly("Skipped");
        assertThat(house.last("n").reason()).contains("`who` is needed");
    }

    @Test
    void an_end_that_could_not_be_written_is_written_later() throws Exception {
        house.job("w", slow("w", ""));
        var unused = house.jobs().run("w", Map.of(), "root");
        TestHouse.await(
                () ->
                        house.books.list(io.kepm.api.storage.Table.JOB_STATE).values().stream()
                                .anyMatch(row -> new String(row).contains("\"pid\":1000")));
        house.books.failing = true;
        house.launches.launcher.children.get(0).exit(0);
        TestHouse.await(() -> house.wiring.health().check().level().word().equals("degraded"));
        house.books.failing = false;
        house.tick();
        assertThat(house.ended("w")).containsExactly("Succeeded");
        assertThat(house.wiring.health().check().level().word()).isEqualTo("healthy");
    }

    @Test
    void the_last_1000_runs_of_a_job_are_kept_with_their_output() throws Exception {
        house.job(
                "h",
                job(
                        "h",
                        "'parameters':[{'name':'n','type':'int'}],"
                                + "'tasks':[{'command':'echo','arguments':['{n}"
                                + "x".repeat(3000)
                                + "']}]"));
        for (int i = 0; i < 1050; i++) {
            house.jobs().run("h", Map.of("n", (long) i), "root");
            if (i % 10 == 0) {
                house.idle("h");
            }
        }
        house.idle("h");
        assertThat(house.ended("h")).hasSize(1000).containsOnly("Succeeded");
        assertThat(house.last("h").tasks().get(0).output()).startsWith("1049x");
        int rows = house.books.list(io.kepm.api.storage.Table.JOB_RUNS).size();
        assertThat(rows).isBetween(1050, 1075);
        List<JobRun> page = house.jobs().runs("h", house.runs("h").get(9).id(), 5);
        assertThat(page).hasSize(5);
        assertThat(page.get(0).id()).isLessThan(house.runs("h").get(9).id());
    }

    @Test
    void parameters_are_typed_and_told_when_wrong() throws Exception {
        house.job(
                "p",
                job(
                        "p",
                        "'parameters':[{'name':'who','required':true},"
                                + "{'name':'days','type':'int','default':7},"
                                + "{'name':'where','type':'path','default':'/var/tmp'}],"
                                + "'tasks':[{'command':'echo','arguments':['{who}|{days}|{where}']}]"));
        assertThat(house.jobs().run("p", Map.of("days", "x", "where", "../y", "more", 1L), "root"))
                .isInstanceOfSatisfying(
                        Jobs.Started.Refused.class,
                        refused ->
                                assertThat(refused.faults())
                                        .extracting(io.kepm.api.jobs.JobFault::path)
                                        .containsExactlyInAnyOrder(
                                                "/more", "/who", "/days", "/where"));
        var unused = house.jobs().run("p", Map.of("who", "a; b {days}"), "root");
        assertThat(house.last("p").tasks().get(0).output()).isEqualTo("a; b {days}|7|/var/tmp");
    }
}
