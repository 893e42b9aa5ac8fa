package io.kepm.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.metrics.Metric.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricTest {

    private enum Fruit {
        APPLE,
        OTHERS {
            @Override
            public String toString() {
                return "more fruit";
            }
        }
    }

    @Test
    void a_counter_has_every_kind_from_the_start_and_no_other() {
        Counter<Fruit> counter = new Counter<>(Fruit.class);
        counter.add(Fruit.APPLE);
        counter.add(Fruit.APPLE);
        assertThat(counter.metric("kepm_fruit_total", "Fruit.", "kind"))
                .isEqualTo(
                        new Metric(
                                "kepm_fruit_total",
                                Metric.Kind.COUNTER,
                                "Fruit.",
                                List.of(
                                        Sample.of("kind", "apple", 2),
                                        Sample.of("kind", "more fruit", 0))));
    }

    @Test
    void a_bucket_holds_all_that_took_at_most_so_long() {
        Histogram histogram = new Histogram();
        histogram.observe(Duration.ofNanos(-5).toNanos());
        histogram.observe(Duration.ofMillis(1).toNanos());
        histogram.observe(Duration.ofMillis(1).toNanos() + 1);
        histogram.observe(Duration.ofMinutes(2).toNanos());
        List<Sample> samples = histogram.metric("kepm_x_seconds", "X.").samples();
        Map<String, Double> buckets = new HashMap<>();
        samples.stream()
                .filter(sample -> sample.suffix().equals("_bucket"))
                .forEach(sample -> buckets.put(sample.labels().get("le"), sample.value()));
        assertThat(buckets)
                .hasSize(16)
                .containsEntry("0.0005", 1.0)
                .containsEntry("0.001", 2.0)
                .containsEntry("0.0025", 3.0)
                .containsEntry("30", 3.0)
                .containsEntry("+Inf", 4.0);
        assertThat(samples).contains(new Sample("_count", Map.of(), 4));
        assertThat(samples.stream().filter(sample -> sample.suffix().equals("_sum")))
                .singleElement()
                .extracting(Sample::value)
                .isEqualTo(120.002000001);
    }

    @Test
    void many_threads_count_without_losing_one() throws InterruptedException {
        Counter<Fruit> counter = new Counter<>(Fruit.class);
        Histogram histogram = new Histogram();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                for (int j = 0; j < 10_000; j++) {
                                    counter.add(Fruit.APPLE);
                                    histogram.observe(j);
                                }
                            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counter.count(Fruit.APPLE)).isEqualTo(40_000);
        assertThat(histogram.metric("kepm_x_seconds", "X.").samples())
                .contains(new Sample("_count", Map.of(), 40_000));
    }

    @Test
    void what_prometheus_would_refuse_is_no_metric() {
        for (String name : List.of("", "up", "kepm_", "kepm__x", "kepm_X", "kepm_ü", "kepm_x y")) {
            assertThatThrownBy(() -> Metric.gauge(name, "Help.", 1))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Metric.counter("kepm_x", "Help.", 1))
                .hasMessageContaining("`kepm_x` has to end in `_total`");
        assertThatThrownBy(() -> Metric.gauge("kepm_x", " ", 1)).hasMessageContaining("no help");
        for (String label : List.of("", "__name", "Le", "a-b", "a__b")) {
            assertThatThrownBy(() -> Sample.of(label, "x", 1))
                    .as(label)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void one_name_has_only_so_many_figures() {
        Map<String, Long> values = new HashMap<>();
        for (long i = 0; i < Metric.MOST_SAMPLES; i++) {
            values.put("v" + i, i);
        }
        assertThat(Metric.gauge("kepm_x", "X.", "v", values).samples())
                .hasSize(Metric.MOST_SAMPLES);
        values.put("one more", 1L);
        assertThatThrownBy(() -> Metric.gauge("kepm_x", "X.", "v", values))
                .hasMessageContaining("too many samples");
        assertThatThrownBy(() -> Sample.of("v", "x".repeat(65), 1))
                .hasMessageContaining("too long a value");
    }
}
