package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import io.kepm.api.metrics.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {

    @TempDir Path folder;

    private final Fakes.Clock clock = new Fakes.Clock("2026-11-25T10:00:00Z");
    private final Fakes.Disk disk = new Fakes.Disk();
    private final Fakes.Outside outside = new Fakes.Outside();
    private final Levels levels = new Levels(LogLevel.WARNING, now -> {});

    private FileSink sink(LogFormat format) {
        return new FileSink(
                new LogFile(folder, 1 << 20, clock, disk), format, clock, () -> disk.free);
    }

    private Pipeline pipeline(FileSink file, List<OutputQueue> outputs, Runnable first) {
        return new Pipeline(levels, file, outputs, clock, first);
    }

    private List<String> lines() throws Exception {
        return Files.readAllLines(folder.resolve(LogFile.NAME));
    }

    /** A slow disk may have some lines to write when nobody waits for it any more. */
    private boolean isWritten(int count) {
        try {
            return lines().size() >= count;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void what_was_said_before_a_stop_is_written() throws Exception {
        Pipeline pipeline = pipeline(sink(LogFormat.TEXT), List.of(), () -> {});
        pipeline.start();
        for (int i = 0; i < 500; i++) {
            pipeline.log(Fakes.line("line " + i));
        }
        long from = System.nanoTime();
        pipeline.close();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
        Fakes.await(() -> isWritten(500));
        assertThat(lines())
                .hasSize(500)
                .startsWith("2026-11-25T10:00:00.000Z WARN  PolicyFolder: line 0")
                .endsWith("2026-11-25T10:00:00.000Z WARN  PolicyFolder: line 499");
    }

    @Test
    void json_lines_hold_the_same() throws Exception {
        Pipeline pipeline = pipeline(sink(LogFormat.JSON), List.of(), () -> {});
        pipeline.turn(List.of(Fakes.line("a \"quoted\"\nword")));
        assertThat(lines())
                .containsExactly(
                        "{\"time\":\"2026-11-25T10:00:00.000Z\",\"level\":\"Warning\","
                                + "\"logger\":\"io.kepm.policy.PolicyFolder\","
                                + "\"message\":\"a \\\"quoted\\\"\\\\nword\"}");
    }

    @Test
    void a_record_below_the_level_of_its_logger_is_not_taken() throws Exception {
        Pipeline pipeline = pipeline(sink(LogFormat.TEXT), List.of(), () -> {});
        pipeline.start();
        LogRecord debug = LogRecord.of(clock.instant(), LogLevel.DEBUG, "plugin.x", "details");
        pipeline.log(debug);
        levels.set("plugin", LogLevel.DEBUG);
        pipeline.log(debug);
        pipeline.close();
        assertThat(lines()).containsExactly("2026-11-25T10:00:00.000Z DEBUG x: details");
    }

    @Test
    void ab_107_a_full_disk_costs_lines_and_says_how_many_when_it_works_again() throws Exception {
        FileSink file = sink(LogFormat.TEXT);
        Pipeline pipeline = pipeline(file, List.of(), () -> {});
        pipeline.turn(List.of(Fakes.line("before")));
        disk.full = true;
        pipeline.turn(List.of(Fakes.line("lost 1"), Fakes.line("lost 2")));
        clock.pass(Duration.ofSeconds(2));
        pipeline.turn(List.of(Fakes.line("lost 3")));
        assertThat(file.trouble()).contains("No space left on device");
        disk.full = false;
        clock.pass(Duration.ofSeconds(2));
        pipeline.turn(List.of());
        assertThat(file.trouble()).isEmpty();
        pipeline.turn(List.of(Fakes.line("after")));
        assertThat(lines())
                .filteredOn(line -> line.matches("2026\\S+ WARN  \\w+: .*"))
                .filteredOn(line -> !line.contains("lost 1"))
                .extracting(line -> line.substring(line.indexOf(": ") + 2))
                .contains(
                        "before", "after", "3 lines could not be written: No space left on device");
        assertThat(pipeline.dropped().samples().get(0).value()).isEqualTo(3);
    }

    @Test
    void ab_106_the_log_is_not_what_fills_the_disk_of_the_store() throws Exception {
        FileSink file = sink(LogFormat.TEXT);
        Pipeline pipeline = pipeline(file, List.of(), () -> {});
        pipeline.turn(List.of(Fakes.line("before")));
        disk.free = FileSink.LEAST_FREE - 1;
        clock.pass(Duration.ofSeconds(2));
        pipeline.turn(List.of(Fakes.line("lost 1"), Fakes.line("lost 2")));
        clock.pass(Duration.ofSeconds(2));
        pipeline.turn(List.of(Fakes.line("lost 3")));
        assertThat(file.trouble()).contains("only 31 MiB are free, and records need them more");
        assertThat(lines()).hasSize(1);
        disk.free = FileSink.LEAST_FREE;
        clock.pass(Duration.ofSeconds(2));
        pipeline.turn(List.of(Fakes.line("after")));
        assertThat(file.trouble()).isEmpty();
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(1)).contains("3 lines could not be written");
        assertThat(lines().get(2)).endsWith("after");
    }

    /** A folder of the log may be a link, or a file system of its own: that one is asked. */
    @Test
    void room_is_asked_of_the_file_system_that_the_log_is_on() throws Exception {
        Path elsewhere = Files.createSymbolicLink(folder.resolve("Log"), Path.of("/proc"));
        FileSink file =
                new FileSink(new LogFile(elsewhere, 1 << 20, clock, disk), LogFormat.TEXT, clock);
        file.write(Fakes.line("no room"));
        assertThat(file.trouble()).contains("only 0 MiB are free, and records need them more");
        assertThat(new LogFile(folder.resolve("not/yet"), 1 << 20, clock, disk).free())
                .isPositive();
    }

    @Test
    void ab_107_a_queue_that_is_full_blocks_nobody_and_the_missing_lines_are_said()
            throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        Pipeline pipeline =
                pipeline(
                        sink(LogFormat.TEXT),
                        List.of(),
                        () -> {
                            try {
                                hold.await(120, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        pipeline.start();
        long from = System.nanoTime();
        for (int i = 0; i < 5000; i++) {
            pipeline.log(Fakes.line("line " + i));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(60));
        hold.countDown();
        pipeline.close();
        Fakes.await(() -> isWritten(4096 + 1));
        assertThat(lines())
                .hasSize(4096 + 1)
                .anyMatch(line -> line.contains("904 lines were dropped"));
        assertThat(pipeline.dropped().samples())
                .extracting(sample -> sample.labels().get("where"), Metric.Sample::value)
                .containsExactly(tuple("file", 0.0), tuple("outputs", 0.0), tuple("queue", 904.0));
    }

    @Test
    void ab_107_an_output_that_hangs_holds_nobody_up_and_its_missing_lines_are_said_once_a_minute()
            throws Exception {
        OutputQueue queue = new OutputQueue("http://x/", outside, 1);
        outside.hangs = true;
        queue.start();
        Pipeline pipeline = pipeline(sink(LogFormat.TEXT), List.of(queue), () -> {});
        pipeline.turn(IntStream.range(0, 2000).mapToObj(i -> Fakes.line("line " + i)).toList());
        assertThat(lines()).hasSizeGreaterThanOrEqualTo(2001);
        String said = lines().get(2000);
        assertThat(said).contains("lines were dropped: the output http://x/ does not take them");
        pipeline.turn(List.of(Fakes.line("more"), Fakes.line("and more")));
        assertThat(lines()).hasSize(2003);
        clock.pass(Duration.ofMinutes(1));
        pipeline.turn(List.of());
        assertThat(lines().get(2003)).contains("lines were dropped");
        outside.hangs = false;
        Fakes.await(() -> outside.count() >= OutputQueue.CAPACITY);
        assertThat(outside.count()).isGreaterThanOrEqualTo(OutputQueue.CAPACITY);
        queue.close();
    }

    @Test
    void lines_that_an_output_could_not_take_are_sent_again() throws Exception {
        OutputQueue queue = new OutputQueue("http://x/", outside, 1);
        outside.failure = "connection refused";
        queue.start();
        queue.offer(Fakes.line("one"));
        Fakes.await(() -> queue.toSay(clock.instant()).toString().contains("connection refused"));
        assertThat(queue.complaint()).isEqualTo("output `http://x/`: connection refused");
        outside.failure = "";
        Fakes.await(() -> outside.count() == 1);
        assertThat(outside.count()).isEqualTo(1);
        Fakes.await(() -> queue.toSay(clock.instant()).toString().contains("works again"));
        assertThat(queue.complaint()).isEmpty();
        queue.close();
    }

    @Test
    void lines_that_an_output_refuses_are_counted_and_not_sent_for_ever() throws Exception {
        OutputQueue queue = new OutputQueue("http://x/", outside, 1);
        outside.refuses = true;
        queue.start();
        queue.offer(Fakes.line("one"));
        StringBuilder said = new StringBuilder();
        Fakes.await(() -> said.append(queue.toSay(clock.instant())).indexOf("HTTP 400") >= 0);
        Fakes.await(() -> said.append(queue.toSay(clock.instant())).indexOf("1 lines were") >= 0);
        assertThat(said).contains("1 lines were dropped");
        queue.close();
    }
}
