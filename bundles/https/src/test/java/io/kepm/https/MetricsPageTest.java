package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.metrics.Histogram;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.Metric.Sample;
import io.kepm.api.metrics.MetricSource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.types.Gauge;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

    private final List<MetricSource> sources = new CopyOnWriteArrayList<>();
    private final MetricsPage page =
            new MetricsPage(() -> sources, List.of(new ProcessMetrics("0.1.0")));

    private static Metric lag(String export, double records) {
        return new Metric(
                "kepm_audit_lag_records",
                Metric.Kind.GAUGE,
                "Records that wait.",
                List.of(Sample.of("export", export, records)));
    }

    @Test
    void what_has_to_be_escaped_is() {
        Metric metric =
                new Metric(
                        "kepm_x",
                        Metric.Kind.GAUGE,
                        "A \\ and a \"quote\"\nand a line.",
                        List.of(
                                new Sample("", Map.of("b", "ü\n\\\"x", "a", ""), 0.1),
                                Sample.of("b", "big", 1e18),
                                Sample.of("b", "whole", -3),
                                Sample.of("b", "most", Double.POSITIVE_INFINITY),
                                Sample.of("b", "none", Double.NaN)));
        String text = PrometheusText.of(List.of(metric));
        assertThat(text)
                .isEqualTo(
                        """
                        # HELP kepm_x A \\\\ and a "quote"\\nand a line.
                        # TYPE kepm_x gauge
                        kepm_x{a="",b="ü\\n\\\\\\"x"} 0.1
                        kepm_x{b="big"} 1.0E18
                        kepm_x{b="whole"} -3
                        kepm_x{b="most"} +Inf
                        kepm_x{b="none"} NaN
                        """);
        assertThat(new TextFormat(text).series).hasSize(5);
    }

    @Test
    void sources_may_share_a_name_and_no_figure_is_told_twice() {
        sources.add(() -> List.of(lag("syslog", 3), Metric.gauge("kepm_grants", "Grants.", 2)));
        sources.add(() -> List.of(lag("file", 4), lag("syslog", 9)));
        TextFormat text = new TextFormat(page.text());
        assertThat(text.series)
                .containsEntry("kepm_audit_lag_records{export=\"syslog\"}", 3.0)
                .containsEntry("kepm_audit_lag_records{export=\"file\"}", 4.0)
                .containsEntry("kepm_grants", 2.0);
    }

    @Test
    void a_source_that_fails_or_says_something_else_takes_nothing_from_the_others() {
        sources.add(
                () -> {
                    throw new IllegalStateException("broken");
                });
        sources.add(() -> List.of(lag("syslog", 3)));
        sources.add(() -> List.of(new Histogram().metric("kepm_audit_lag_records", "Else.")));
        sources.add(() -> List.of(Metric.gauge("kepm_grants", "Grants.", 2)));
        TextFormat text = new TextFormat(page.text());
        assertThat(text.families)
                .containsEntry("kepm_audit_lag_records", "gauge")
                .containsEntry("kepm_grants", "gauge");
    }

    @Test
    void another_reader_reads_what_is_written() throws Exception {
        Histogram histogram = new Histogram();
        histogram.observe(Duration.ofMillis(3).toNanos());
        sources.add(() -> List.of(histogram.metric("kepm_decision_seconds", "How long.")));
        sources.add(() -> List.of(lag("a \"b\" \\c", 4)));
        CollectorPrometheusMetricsWalker read = new CollectorPrometheusMetricsWalker();
        new TextPrometheusMetricsProcessor(
                        new ByteArrayInputStream(page.text().getBytes(StandardCharsets.UTF_8)),
                        read)
                .walk();
        Map<String, MetricFamily> families =
                read.getAllMetricFamilies().stream()
                        .collect(Collectors.toMap(MetricFamily::getName, Function.identity()));
        assertThat(families.keySet()).isEqualTo(new TextFormat(page.text()).families.keySet());
        org.hawkular.agent.prometheus.types.Histogram found =
                (org.hawkular.agent.prometheus.types.Histogram)
                        families.get("kepm_decision_seconds").getMetrics().get(0);
        assertThat(found.getSampleCount()).isEqualTo(1);
        assertThat(found.getSampleSum()).isEqualTo(0.003);
        assertThat(found.getBuckets()).hasSize(16);
        Gauge lag = (Gauge) families.get("kepm_audit_lag_records").getMetrics().get(0);
        assertThat(lag.getLabels()).isEqualTo(Map.of("export", "a \"b\" \\c"));
        assertThat(lag.getValue()).isEqualTo(4);
    }

    @Test
    void the_process_says_which_build_it_is_and_what_it_takes() {
        TextFormat text = new TextFormat(page.text());
        String java = Integer.toString(Runtime.version().feature());
        assertThat(text.series)
                .containsEntry("kepm_build_info{java=\"" + java + "\",version=\"0.1.0\"}", 1.0)
                .containsKey("kepm_jvm_heap_bytes{kind=\"used\"}");
        assertThat(text.families.keySet())
                .isEqualTo(
                        Set.of(
                                "kepm_build_info",
                                "kepm_jvm_gc_runs_total",
                                "kepm_jvm_gc_seconds_total",
                                "kepm_jvm_heap_bytes",
                                "kepm_jvm_threads",
                                "kepm_process_cpu_seconds_total",
                                "kepm_process_open_descriptors",
                                "kepm_process_uptime_seconds"));
        assertThat(text.series.get("kepm_process_open_descriptors")).isGreaterThan(3);
        assertThat(text.series.get("kepm_process_uptime_seconds")).isPositive();
        assertThat(text.series.get("kepm_process_cpu_seconds_total")).isPositive();
    }
}
