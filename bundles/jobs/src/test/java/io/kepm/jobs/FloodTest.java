package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.elevation.PendingWatch;
import io.kepm.api.jobs.RunState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Floods of events: what they cost, and what comes through all the same. */
class FloodTest {

    private static final String ENV = "'tasks':[{'executablePath':'/usr/bin/env'}]}";
    private static final PendingWatch.Waiting WAITING =
            new PendingWatch.Waiting(
                    "11111111-2222",
                    "CommandLine",
                    "alice",
                    1001,
                    "/usr/bin/id",
                    List.of("id"),
                    "root",
                    "why",
                    List.of("APPROVAL"),
                    List.of("p v1"),
                    OptionalInt.empty());

    @TempDir Path folder;
    private TestHouse house;
    private Triggers triggers;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder);
        triggers = house.wiring.triggers();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void ab_75_a_flood_of_events_leaves_one_record_a_look_and_keeps_no_request_out()
            throws Exception {
        house.job("t", "{'id':'t','events':['PolicyEvaluationPending']," + ENV);
        Events events = new Events(triggers, uid -> false);
        for (int i = 0; i < 2000; i++) {
            events.heard("Events/PolicyEvaluationPending", new byte[0]);
        }
        events.pending(WAITING);
        house.tick();
        assertThat(states("t", RunState.SKIPPED)).isEqualTo(1);
        assertThat(house.runs("t")).as("one goes on, 16 wait, one is skipped").hasSize(18);
        assertThat(triggers.lost()).isGreaterThan(1900);
        for (int i = 0; i < 50; i++) {
            events.heard("Events/PolicyEvaluationPending", new byte[0]);
        }
        events.pending(WAITING);
        house.tick();
        assertThat(states("t", RunState.SKIPPED)).isEqualTo(1);
        assertThat(house.runs("t")).as("the request has a place of its own").hasSize(19);
    }

    private long states(String job, RunState state) {
        return house.runs(job).stream().filter(run -> run.state() == state).count();
    }

    @Test
    void ab_75_what_events_say_takes_no_more_memory_than_there_is_for_it() throws Exception {
        ObjectNode large = large();
        assertThat(Context.weight(large)).isGreaterThan(500_000);
        house.job("m", "{'id':'m','maxConcurrent':16,'events':['E']," + ENV);
        house.job("n", "{'id':'n','maxConcurrent':16,'events':['E']," + ENV);
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            taken += triggers.raise("E", large, Optional.empty()) ? 1 : 0;
        }
        assertThat(taken).isBetween(5, 20);
        assertThat(triggers.raise("E", JsonText.object(), Optional.of("r"))).isTrue();
        house.tick();
        for (int i = 0; i < 4; i++) {
            for (int k = 0; k < taken; k++) {
                assertThat(triggers.raise("E", large, Optional.empty()))
                        .as("what was looked at is free again")
                        .isTrue();
            }
            house.tick();
        }
        assertThat(house.runs("m"))
                .anyMatch(run -> run.reason().contains("fills the memory for it"));
    }

    /** Few bytes on the wire, many objects in memory. */
    private static ObjectNode large() throws Exception {
        StringBuilder many = new StringBuilder("{\"a\":0");
        for (int i = 0; i < 5000; i++) {
            many.append(",\"").append(i).append("\":1");
        }
        return JsonText.read(many.append('}').toString().getBytes(StandardCharsets.UTF_8));
    }
}
