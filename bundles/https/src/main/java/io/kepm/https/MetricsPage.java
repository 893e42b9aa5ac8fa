package io.kepm.https;

import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.Metric.Sample;
import io.kepm.api.metrics.MetricSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The figures of all parts of the agent on one page, by name. */
final class MetricsPage {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsPage.class);

    private final Supplier<? extends List<MetricSource>> sources;
    private final List<MetricSource> own;

    /**
     * Collects from sources.
     *
     * @param sources those of other parts that are there at the moment
     * @param own those of this door
     */
    MetricsPage(Supplier<? extends List<MetricSource>> sources, List<MetricSource> own) {
        this.sources = sources;
        this.own = List.copyOf(own);
    }

    /** As {@link PrometheusText} writes it; a source that fails is left out. */
    String text() {
        SortedMap<String, Metric> byName = new TreeMap<>();
        own.forEach(source -> collect(source, byName));
        sources.get().forEach(source -> collect(source, byName));
        return PrometheusText.of(byName.values());
    }

    private static void collect(MetricSource source, SortedMap<String, Metric> byName) {
        try {
            for (Metric metric : source.metrics()) {
                byName.merge(metric.name(), metric, MetricsPage::joined);
            }
        } catch (RuntimeException e) {
            LOG.warn("figures are missing: {}", source.getClass().getName(), e);
        }
    }

    /** Several sources may share a name; what one said already stays. */
    private static Metric joined(Metric first, Metric second) {
        if (first.kind() != second.kind()) {
            throw new IllegalArgumentException("`" + first.name() + "` is of two kinds");
        }
        Set<List<Object>> known = new HashSet<>();
        List<Sample> samples = new ArrayList<>();
        for (Metric metric : List.of(first, second)) {
            for (Sample sample : metric.samples()) {
                if (known.add(List.of(sample.suffix(), sample.labels()))) {
                    samples.add(sample);
                }
            }
        }
        return new Metric(first.name(), first.kind(), first.help(), samples);
    }
}
