package io.kepm.https;

import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.Metric.Sample;
import java.util.Collection;
import java.util.Map;

/** Writes figures in the text format of Prometheus, version 0.0.4. */
final class PrometheusText {

    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Beyond it a double no longer tells whole numbers apart. */
    private static final double MOST_EXACT = 1L << 53;

    private final StringBuilder text = new StringBuilder(16 << 10);

    private PrometheusText() {}

    /**
     * The page.
     *
     * @param metrics no two of one name
     */
    static String of(Collection<Metric> metrics) {
        PrometheusText page = new PrometheusText();
        metrics.forEach(page::add);
        return page.text.toString();
    }

    private void add(Metric metric) {
        text.append("# HELP ").append(metric.name()).append(' ');
        escaped(metric.help(), false);
        text.append("\n# TYPE ").append(metric.name()).append(' ');
        text.append(metric.kind().word()).append('\n');
        metric.samples().forEach(sample -> add(metric.name(), sample));
    }

    private void add(String name, Sample sample) {
        text.append(name).append(sample.suffix());
        char before = '{';
        for (Map.Entry<String, String> label : sample.labels().entrySet()) {
            text.append(before).append(label.getKey()).append("=\"");
            escaped(label.getValue(), true);
            text.append('"');
            before = ',';
        }
        if (before == ',') {
            text.append('}');
        }
        text.append(' ').append(number(sample.value())).append('\n');
    }

    private void escaped(String raw, boolean quoted) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '\n') {
                text.append("\\n");
            } else if (c == '\\' || (quoted && c == '"')) {
                text.append('\\').append(c);
            } else {
                text.append(c);
            }
        }
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < MOST_EXACT
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
