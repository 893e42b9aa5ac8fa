package io.kepm.https;

import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The figures of the process: which build it is, memory, threads, time. Under names of our own,
 * since other exporters on the machine say {@code process_…} of themselves.
 */
final class ProcessMetrics implements MetricSource {

    private static final double MILLIS = 1e3;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final String version;

    ProcessMetrics(String version) {
        this.version = version;
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(build());
        metrics.add(heap());
        long runs = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            runs += Math.max(0, collector.getCollectionCount());
            millis += Math.max(0, collector.getCollectionTime());
        }
        metrics.add(
                Metric.counter("kepm_jvm_gc_runs_total", "Runs of the garbage collector.", runs));
        metrics.add(
                Metric.counter(
                        "kepm_jvm_gc_seconds_total",
                        "Time that the garbage collector took.",
                        millis / MILLIS));
        metrics.add(
                Metric.gauge(
                        "kepm_jvm_threads",
                        "Threads of the agent.",
                        ManagementFactory.getThreadMXBean().getThreadCount()));
        metrics.add(
                Metric.gauge(
                        "kepm_process_uptime_seconds",
                        "Time since the agent was started.",
                        ManagementFactory.getRuntimeMXBean().getUptime() / MILLIS));
        ProcessHandle.current().info().totalCpuDuration().ifPresent(time -> metrics.add(cpu(time)));
        descriptors(metrics);
        return metrics;
    }

    private Metric build() {
        return new Metric(
                "kepm_build_info",
                Metric.Kind.GAUGE,
                "Which agent this is, and which Java runs it; always 1.",
                List.of(
                        new Metric.Sample(
                                "",
                                Map.of(
                                        "version",
                                        version,
                                        "java",
                                        Integer.toString(Runtime.version().feature())),
                                1)));
    }

    private static Metric heap() {
        Runtime runtime = Runtime.getRuntime();
        long committed = runtime.totalMemory();
        return Metric.gauge(
                "kepm_jvm_heap_bytes",
                "Memory of the Java heap.",
                "kind",
                Map.of(
                        "used",
                        committed - runtime.freeMemory(),
                        "committed",
                        committed,
                        "max",
                        runtime.maxMemory()));
    }

    private static Metric cpu(Duration time) {
        return Metric.counter(
                "kepm_process_cpu_seconds_total",
                "Processor time of the agent.",
                time.toMillis() / MILLIS);
    }

    private static void descriptors(List<Metric> metrics) {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            metrics.add(
                    Metric.gauge(
                            "kepm_process_open_descriptors",
                            "Files and sockets that the agent has open.",
                            open.count()));
        } catch (IOException e) {
            // Without a figure there is none.
        }
    }
}
