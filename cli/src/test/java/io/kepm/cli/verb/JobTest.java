package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTest {

    private static final String RUN =
            "{\"id\":\"r1\",\"job\":\"a\",\"state\":\"%s\",\"trigger\":\"manual\",\"by\":\"root\","
                    + "\"due\":\"2026-11-26T05:00:00Z\",\"reason\":\"%s\",\"tasks\":[{\"id\":\"t\","
                    + "\"state\":\"%s\",\"attempts\":1,\"exitCode\":3,\"reason\":\"exit code 3\","
                    + "\"output\":\"one\\ntwo\"}]}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void jobs_are_listed_with_what_is_wrong_with_them() {
        bench.agent().answers("GET /api/jobs", "{\"items\":[]}");
        assertThat(bench.run("job list").out()).isEqualTo("no jobs\n");
        bench.agent()
                .answers(
                        "GET /api/jobs",
                        "{\"items\":[{\"id\":\"a\",\"enabled\":true,\"forThisSystem\":true,\"running\":1,"
                                + "\"triggers\":[\"every 5 min\"],\"faults\":[]},{\"id\":\"b\","
                                + "\"faults\":[{\"pointer\":\"/x\",\"detail\":\"unknown\"}]},"
                                + "{\"id\":\"c\",\"enabled\":true,\"forThisSystem\":true,\"running\":2,"
                                + "\"queued\":1,\"faults\":[]}]}");
        assertThat(bench.run("job list").out())
                .contains(
                        "1 running",
                        "2 running, 1 waiting",
                        "every 5 min",
                        "not used: /x: unknown");
    }

    @Test
    void a_run_is_followed_to_its_end_and_its_end_is_the_exit_code() {
        bench.agent().answers("POST /api/jobs/a/run", 202, RUN.formatted("Running", "", "Running"));
        bench.agent()
                .answers(
                        "GET /api/jobs/a/runs/r1",
                        RUN.formatted("Failed", "task `t`: exit code 3", "Failed"));
        Outcome failed = bench.run("job run", "a");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.out())
                .contains("task t Running", "task t Failed", "exit code 3", "  one\n  two\n");
        bench.agent()
                .answers("GET /api/jobs/a/runs/r1", RUN.formatted("Succeeded", "", "Succeeded"));
        assertThat(bench.run("job run", "a").exit()).isZero();
        assertThat(bench.run("job run", "--no-wait", "a").out()).isEqualTo("run r1\n");
        assertThat(bench.run("job run", "../a").exit()).isEqualTo(2);
    }

    @Test
    void parameters_are_what_they_look_like() {
        bench.agent()
                .answers(
                        "POST /api/jobs/a/trigger",
                        202,
                        RUN.formatted("Succeeded", "", "Succeeded"));
        assertThat(bench.run("job trigger", "a", "n=3", "b=true", "s=x y", "q=\"3\"").exit())
                .isZero();
        assertThat(bench.agent().lastBody())
                .isEqualTo("{\"n\":3,\"b\":true,\"s\":\"x y\",\"q\":\"3\"}");
        assertThat(bench.run("job trigger", "a", "n").exit()).isEqualTo(2);
    }

    @Test
    void every_fault_of_a_document_is_a_line(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("j.json"), "{\"id\":\"a\"}");
        bench.agent()
                .answers(
                        "POST /api/jobs/validate",
                        422,
                        "{\"errors\":[{\"pointer\":\"/tasks\",\"detail\":\"needed\"},"
                                + "{\"pointer\":\"/x\",\"detail\":\"unknown\"}]}");
        Outcome refused = bench.run("job validate", file.toString());
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("/tasks: needed\n", "/x: unknown\n", "2 faults");
        bench.agent().answers("PUT /api/jobs/a", "{\"id\":\"a\",\"result\":\"updated\"}");
        assertThat(bench.run("job update", file.toString()).out()).contains("job a is replaced");
        Outcome none = bench.run("job add", "/no/such/file");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).isEqualTo("kepm: there is no file `/no/such/file`\n");
        Files.writeString(file, "{");
        assertThat(bench.run("job add", file.toString()).err()).contains("` can't be used: line 1");
    }

    @Test
    void what_waits_is_cancelled_and_the_folder_is_read_again_on_request() {
        bench.agent().answers("POST /api/jobs/a/cancel", "{\"id\":\"a\"}");
        assertThat(bench.run("job cancel", "--run", "r1", "a").out()).contains("a");
        assertThat(bench.agent().asked()).last().asString().contains("\"run\":\"r1\"");
        bench.agent().answers("POST /api/jobs/a/cancel", 409, "{\"detail\":\"nothing waits\"}");
        Outcome refused = bench.run("job cancel", "a");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.err()).contains("nothing waits");
        bench.agent().answers("POST /api/jobs/reload", "{\"items\":[{\"id\":\"a\"}]}");
        assertThat(bench.run("job reload").out()).isEqualTo("jobs in use: 1\n");
        bench.agent()
                .answers(
                        "POST /api/jobs/reload",
                        "{\"items\":[{\"id\":\"a\"},{\"id\":\"b\",\"faults\":["
                                + "{\"pointer\":\"\",\"detail\":\"alice's\"},"
                                + "{\"pointer\":\"/x\",\"detail\":\"unknown\"}]}]}");
        Outcome unused = bench.run("job reload");
        assertThat(unused.exit()).isEqualTo(1);
        assertThat(unused.out()).isEqualTo("jobs in use: 1, not used: 1\n");
        assertThat(unused.err()).contains("b: alice's\n", "b: /x: unknown\n");
    }

    @Test
    void runs_and_what_they_wrote_are_shown() {
        bench.agent().answers("GET /api/jobs/a/runs", "{\"items\":[]}");
        assertThat(bench.run("job runs", "a").out()).isEqualTo("no runs yet\n");
        assertThat(bench.run("job log", "a").exit()).isEqualTo(1);
        assertThat(bench.run("job runs", "a", "--limit", "0").exit()).isEqualTo(2);
        bench.agent().answers("GET /api/jobs/a/runs/r1", RUN.formatted("Failed", "no", "Failed"));
        assertThat(bench.run("job log", "--run", "r1", "a").out())
                .contains("manual", "task t: Failed exit code 3 [3]", "  two");
    }
}
