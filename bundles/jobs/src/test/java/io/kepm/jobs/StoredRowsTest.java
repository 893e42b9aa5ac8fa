package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.RunState;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of the store that can't be read. */
class StoredRowsTest {

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
    void a_row_that_cannot_be_read_is_put_aside_and_named_and_the_others_go_on() throws Exception {
        house.job("c", slow("c", "'schedule':{'cron':'0 6 * * *','timeZone':'UTC'},"));
        house.job("d", job("d", "'schedule':{'cron':'0 6 * * *','timeZone':'UTC'}," + ECHO));
        assertThat(house.jobs().run("c", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> stored(Table.JOB_STATE, "\"pid\":1000"));
        store("run/0", "no JSON");
        store("run/1", "{\"pid\":77,\"startTicks\":7,\"boot\":\"boot-1\",\"state\":\"x\"}");
        store("run/2", "{}");
        store("due/c", "[");
        store("due/d", "{\"schedule\":\"cron\",\"from\":\"yesterday\"}");
        house.times.pass(Duration.ofDays(2));
        try (TestHouse next = house.crashed()) {
            assertThat(next.ended("c")).containsExactly("Failed");
            assertThat(next.ended).contains("77 7", "1000 10000");
            next.look();
            next.tick();
            assertThat(next.runs("d")).as("what is not known was not missed").isEmpty();
            assertThat(next.books.list(Table.JOB_STATE).keySet())
                    .containsExactly("aside/run/0", "aside/run/1", "aside/run/2", "due/c", "due/d");
            assertThat(next.books.drafts)
                    .filteredOn(draft -> draft.reason().contains("can't be read"))
                    .extracting(draft -> draft.details().get("run"))
                    .containsExactly("0", "1", "2");
        }
    }

    @Test
    void pages_of_the_history_that_cannot_be_read_keep_up_nothing() throws Exception {
        house.job("h", job("h", ECHO));
        for (int i = 0; i < 21; i++) {
            assertThat(house.run("h").state()).isEqualTo(RunState.SUCCEEDED);
        }
        house.idle("h");
        assertThat(house.ended("h")).hasSize(21);
        awaitStored("h");
        put(Table.JOB_RUNS, "h/1", "no JSON");
        put(Table.JOB_RUNS, "h", "no JSON");
        assertThat(house.run("h").state()).isEqualTo(RunState.SUCCEEDED);
        house.idle("h");
        assertThat(house.ended("h")).as("one was in the page that is lost").hasSize(21);
        awaitStored("h");
        put(Table.JOB_RUNS, "h/2", "{\"runs\":[{\"id\":\"x\"},7]}");
        assertThat(house.run("h").state()).isEqualTo(RunState.SUCCEEDED);
        house.idle("h");
        assertThat(house.ended("h")).hasSize(21);
        assertThat(house.wiring.health().check().level().word()).isEqualTo("healthy");
    }

    /** A run is over a moment before it is in its page. */
    private void awaitStored(String job) {
        String newest = house.runs(job).get(0).id();
        TestHouse.await(() -> stored(Table.JOB_RUNS, newest));
    }

    private boolean stored(Table table, String text) {
        return house.books.list(table).values().stream()
                .anyMatch(row -> new String(row, StandardCharsets.UTF_8).contains(text));
    }

    private void store(String key, String row) throws Exception {
        put(Table.JOB_STATE, key, row);
    }

    private void put(Table table, String key, String row) throws Exception {
        house.books.commit(
                new Change(
                        List.of(new Mutation.Put(table, key, row.getBytes(StandardCharsets.UTF_8))),
                        List.of()));
    }
}
