package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A process until nothing of it is left, whatever it does. */
class WatchedTest extends HouseFixture {

    @Test
    void a_task_that_hangs_is_ended_when_its_time_is_over_and_named() throws Exception {
        job("", "{'id':'hangs','executablePath':'/usr/bin/env','timeoutSeconds':1}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(run.reason()).startsWith("task `hangs`: not done within 1 s");
        assertThat(house.launches.launcher.children.get(0).alive).isFalse();
        TestHouse.await(() -> house.books.records().contains("JOB_RUN TIMEDOUT"));
    }

    @Test
    void ab_75_a_file_beyond_its_limit_ends_what_writes_it_and_is_named() throws Exception {
        job("", "{'id':'fills','executablePath':'/usr/bin/env'}");
        FakeChild usual = child();
        assertThat(usual.order.limits().fileBytes()).isEqualTo(256L << 20);
        usual.exit(128 + 25);
        assertThat(house.last("j").reason())
                .isEqualTo(
                        "task `fills`: it wrote a file beyond the file size limit of 256 MiB"
                                + " (`fileSizeLimitMiB`)");
        job("", "{'executablePath':'/usr/bin/env','fileSizeLimitMiB':1048576}");
        house.launches.launcher.output =
                () -> new ByteArrayInputStream("[Errno 27] File too large\n".getBytes());
        FakeChild large = child();
        assertThat(large.order.limits().fileBytes()).isEqualTo(1L << 40);
        large.exit(1);
        assertThat(house.last("j").reason())
                .isEqualTo(
                        "task `task-1`: exit code 1, it may be for the file size limit of 1048576"
                                + " MiB (`fileSizeLimitMiB`)");
    }

    @Test
    void ab_75_who_reaches_its_limit_of_processes_is_named() throws Exception {
        job("", "{'id':'forks','executablePath':'/usr/bin/env'}");
        FakeChild counted = child();
        counted.hitProcessLimit = true;
        counted.exit(2);
        assertThat(house.last("j").reason())
                .isEqualTo("task `forks`: exit code 2; it reached the limit of 256 processes");
        // Where the kernel counts by user, the program alone hears of it.
        house.launches.launcher.output =
                () ->
                        new ByteArrayInputStream(
                                "fork: retry: Resource temporarily unavailable\n".getBytes());
        child().exit(1);
        assertThat(house.last("j").reason())
                .isEqualTo("task `forks`: exit code 1, it may be for the limit of 256 processes");
    }

    @Test
    void ab_75_who_forks_until_its_time_is_over_is_named_by_both() throws Exception {
        house.launches.launcher.output =
                () -> {
                    house.launches.launcher.children.get(0).hitProcessLimit = true;
                    return InputStream.nullInputStream();
                };
        job("", "{'id':'forks','executablePath':'/usr/bin/env','timeoutSeconds':1}");
        assertThat(house.run("j").reason())
                .isEqualTo(
                        "task `forks`: not done within 1 s, and ended with all it started; it"
                                + " reached the limit of 256 processes");
    }

    @Test
    void ab_75_who_writes_more_than_256_mib_is_ended_and_named() throws Exception {
        house.launches.launcher.output = () -> new Flood(house);
        job("", "{'id':'floods','executablePath':'/usr/bin/env'}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.reason())
                .startsWith("task `floods`: it wrote more than 256 MiB, and was ended with all");
        assertThat(run.tasks().get(0).output()).hasSize(Tail.KEPT);
    }

    /** Writes until its child is ended. */
    private static final class Flood extends InputStream {
        private final TestHouse house;

        Flood(TestHouse house) {
            this.house = house;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            Arrays.fill(bytes, from, from + length, (byte) 'y');
            return house.launches.launcher.children.stream().allMatch(one -> one.alive)
                    ? length
                    : -1;
        }
    }

    @Test
    void a_job_past_its_deadline_begins_nothing_more() throws Exception {
        job(
                "'deadlineSeconds':1,",
                "{'id':'a','executablePath':'/usr/bin/env','continueOnFailure':true}",
                "{'id':'b','command':'echo','arguments':['x']}");
        JobRun run = house.run("j");
        assertThat(run.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(run.reason()).contains("deadlineSeconds");
        assertThat(run.tasks()).extracting(JobRun.TaskRun::id).containsExactly("a");
    }

    @Test
    void a_run_that_is_cancelled_ends_its_process_at_once() throws Exception {
        job("", "{'executablePath':'/usr/bin/env','retry':{'attempts':5,'backoffSeconds':600}}");
        FakeChild child = child();
        TestHouse.await(() -> !house.runs("j").get(0).tasks().isEmpty());
        assertThat(house.jobs().cancel("j", "", "root").isDone()).isTrue();
        assertThat(house.last("j").state()).isEqualTo(RunState.CANCELLED);
        assertThat(house.last("j").reason()).isEqualTo("cancelled by root");
        assertThat(child.alive).isFalse();
        assertThat(house.jobs().cancel("j", "", "root").faults().get(0).message())
                .contains("nothing of it waits");
    }

    @Test
    void the_last_64_kib_of_what_is_written_are_kept() throws Exception {
        Tail tail = new Tail();
        byte[] much = new byte[200_000];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) ('a' + i % 26);
        }
        tail.drain(new ByteArrayInputStream(much));
        assertThat(tail.text()).isEqualTo(new String(much, much.length - Tail.KEPT, Tail.KEPT));
        Tail little = new Tail();
        little.drain(new ByteArrayInputStream("abc".getBytes()));
        assertThat(little.text()).isEqualTo("abc");
    }
}
