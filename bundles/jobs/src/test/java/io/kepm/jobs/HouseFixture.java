package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.Jobs;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A house for each test, with a job `j` whose tasks it says. */
abstract class HouseFixture {

    @TempDir Path folder;

    TestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    void job(String members, String... tasks) throws Exception {
        house.job("j", "{'id':'j'," + members + "'tasks':[" + String.join(",", tasks) + "]}");
    }

    /** Begins a run and waits for its process. */
    FakeChild child() {
        int before = house.launches.launcher.children.size();
        assertThat(house.jobs().run("j", Map.of(), "root"))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> house.launches.launcher.children.size() > before);
        return house.launches.launcher.children.get(before);
    }
}
