package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who runs at once, and who waits for whom. */
class PlacesTest {

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
    void at_most_28_programs_run_at_once_and_higher_priorities_first() throws Exception {
        for (int i = 0; i < 40; i++) {
            int priority = i < 20 ? 1 : 9;
            house.job("p" + i, slow("p" + i, "'events':['go'],'priority':" + priority + ","));
        }
        house.wiring.triggers().raise("go", JsonText.object(), Optional.empty());
        house.tick();
        TestHouse.await(() -> house.launches.launcher.children.size() == 28);
        Set<String> begun = new HashSet<>();
        house.launches.launcher.children.forEach(child -> begun.add(child.order.name()));
        for (int i = 20; i < 40; i++) {
            assertThat(begun).contains("job.p" + i);
        }
        house.launches.launcher.children.forEach(child -> child.exit(0));
        TestHouse.await(() -> house.launches.launcher.children.size() == 40);
        house.launches.launcher.children.forEach(child -> child.exit(0));
        for (int i = 0; i < 40; i++) {
            assertThat(house.ended("p" + i)).containsExactly("Succeeded");
        }
    }

    @Test
    void ab_75_programs_that_hang_keep_up_neither_a_request_nor_the_agents_own_work()
            throws Exception {
        for (String id : List.of("a", "b")) {
            house.job(id, slow(id, "'maxConcurrent':16,"));
        }
        house.job("again", job("again", "'tasks':[{'command':'echo','retry':{'attempts':2}}]"));
        house.job("own", job("own", ECHO));
        house.job("ticket", slow("ticket", "'maxConcurrent':16,'events':['Asked'],"));
        for (int i = 0; i < 32; i++) {
            assertThat(house.jobs().run(i % 2 == 0 ? "a" : "b", Map.of(), "root"))
                    .isInstanceOf(Jobs.Started.Accepted.class);
        }
        TestHouse.await(() -> house.launches.launcher.children.size() == Places.OF_OTHERS);
        assertThat(house.jobs().run("again", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        assertThat(house.run("own").state()).isEqualTo(RunState.SUCCEEDED);
        for (int i = 0; i < 8; i++) {
            house.wiring.triggers().raise("Asked", JsonText.object(), Optional.of("r" + i));
        }
        house.tick();
        TestHouse.await(() -> house.launches.launcher.children.size() == Places.WITH_REQUESTS);
        assertThat(house.run("own").state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(house.runs("again").get(0).state())
                .as("it may pause for long")
                .isEqualTo(RunState.QUEUED);

        assertThat(house.wiring.health().check().level().word()).isEqualTo("healthy");
        house.times.pass(Duration.ofMinutes(2));
        assertThat(house.wiring.health().check().detail())
                .startsWith("runs wait for a place, 30 go on; the longest: `")
                .contains("` since 2026-11-26T05:00:00Z");
        house.launches.launcher.children.forEach(child -> child.exit(0));
        TestHouse.await(() -> house.launches.launcher.children.size() == 40);
        house.launches.launcher.children.forEach(child -> child.exit(0));
        assertThat(house.ended("again")).containsExactly("Succeeded");
        assertThat(house.wiring.health().check().level().word()).isEqualTo("healthy");
    }
}
