package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of jobs: for whom, and how faults are told. */
class JobActionsTest {

    private static final long ROOT = 0;
    private static final long ALICE = 1001;

    private final FakeJobs jobs = new FakeJobs();
    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
        agent.jobs = jobs;
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private Reply get(long uid, String path) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.get(path);
        }
    }

    private Reply post(long uid, String path, String json) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.post(path, json);
        }
    }

    @Test
    void ab_34_jobs_are_not_for_users() throws Exception {
        for (String path :
                List.of("/api/jobs", "/api/Jobs/a", "/api/jobs/a/runs", "/api/jobs/a/runs/1")) {
            assertThat(get(ALICE, path).status()).as(path).isEqualTo(403);
        }
        for (String path :
                List.of(
                        "/api/jobs",
                        "/api/jobs/validate",
                        "/api/jobs/reload",
                        "/api/jobs/a/run",
                        "/api/jobs/a/trigger",
                        "/api/jobs/a/evaluate",
                        "/api/jobs/a/cancel")) {
            assertThat(post(ALICE, path, "{}").status()).as(path).isEqualTo(403);
        }
        assertThat(jobs.asked).isEmpty();
    }

    @Test
    void every_fault_of_a_document_is_told_with_its_pointer() throws Exception {
        Reply reply = post(ROOT, "/api/jobs/validate", "{\"id\":\"bad\",\"n\":1.5}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body()).contains("\"pointer\":\"/tasks/0/command\"", "\"pointer\":\"/x\"");
        assertThat(jobs.asked).containsExactly("validate {\"id\":\"bad\",\"n\":1.5}");
        assertThat(post(ROOT, "/api/jobs", "{\"id\":\"bad\"}").status()).isEqualTo(422);
        assertThat(post(ROOT, "/api/jobs", "{\"id\":\"a\"}").body())
                .contains("\"result\":\"added\"");
        assertThat(agent.audit.last().details()).containsEntry("route", "/api/jobs");
    }

    @Test
    void a_run_is_asked_for_and_shown_with_its_output() throws Exception {
        assertThat(post(ROOT, "/api/jobs/a/run", "{}").status()).isEqualTo(202);
        assertThat(post(ROOT, "/api/jobs/a/run", "{\"x\":1}").status()).isEqualTo(422);
        assertThat(post(ROOT, "/api/jobs/a/trigger", "{\"x\":1}").status()).isEqualTo(202);
        assertThat(post(ROOT, "/api/jobs/a/trigger", "{\"bad\":1}").body())
                .contains("\"pointer\":\"/bad\"");
        assertThat(post(ROOT, "/api/jobs/z/run", "{}").status()).isEqualTo(404);
        assertThat(jobs.asked)
                .containsExactly("run a {}", "run a {x=1}", "run a {bad=1}", "run z {}");
        assertThat(get(ROOT, "/api/jobs/a/runs/1").body()).contains("\"output\":\"written\"");
        assertThat(get(ROOT, "/api/jobs/a/runs").body())
                .contains("\"exitCode\":0")
                .doesNotContain("written");
        assertThat(get(ROOT, "/api/jobs/a/runs?limit=0").status()).isEqualTo(422);
        assertThat(get(ROOT, "/api/jobs/z/runs").status()).isEqualTo(404);
        assertThat(get(ROOT, "/api/jobs/a/runs/9").status()).isEqualTo(404);
        assertThat(post(ROOT, "/api/jobs/a/cancel", "{}").status()).isEqualTo(409);
    }

    @Test
    void how_many_there_are_is_in_the_status_and_without_the_bundle_it_says_so() throws Exception {
        assertThat(get(ALICE, "/api/system/status").body())
                .contains("\"jobs\":{\"total\":3,\"enabled\":2}");
        agent.jobs = null;
        assertThat(get(ALICE, "/api/system/status").body())
                .contains("\"jobs\":{\"total\":0,\"enabled\":0}");
        assertThat(get(ROOT, "/api/jobs").status()).isEqualTo(503);
    }
}
