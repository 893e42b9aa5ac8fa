package io.kepm.api.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Some figures under one name, in the terms of Prometheus.
 *
 * <p>INVARIANT: a label's value comes from a closed set that is known when the agent is built
 * (outcomes, kinds, names of checks). Never a user, a path, a policy or any text from outside: each
 * value is a series that is kept for weeks.
 *
 * @param name {@code kepm_…}, with its unit at the end ({@code _seconds}, {@code _bytes}); that of
 *     a counter ends in {@code _total}
 * @param help one sentence, for a person
 */
public record Metric(String name, Kind kind, String help, List<Sample> samples) {

    /** How many figures one name may have. */
    public static final int MOST_SAMPLES = 64;

    private static final Pattern NAME = Pattern.compile("kepm(_[a-z0-9]+)+");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    private static final int LONGEST_VALUE = 64;

    /** What its figures mean. */
    public enum Kind {
        /** Only ever grows, but for a new start. */
        COUNTER,
        /** How it is now. */
        GAUGE,
        /** How many were at most so long. */
        HISTOGRAM;

        /** The word in the text format. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Checks names and bounds.
     *
     * @throws IllegalArgumentException when a name is not as it should be, or there is too much
     */
    public Metric {
        samples = List.copyOf(samples);
        require(NAME.matcher(name).matches(), name, "is no name of a metric");
        require(kind != Kind.COUNTER || name.endsWith("_total"), name, "has to end in `_total`");
        require(!help.isBlank(), name, "has no help");
        require(samples.size() <= MOST_SAMPLES, name, "has too many samples");
    }

    /** A counter without labels. */
    public static Metric counter(String name, String help, double value) {
        return new Metric(name, Kind.COUNTER, help, List.of(Sample.of(value)));
    }

    /** A counter of whole things, without labels. */
    public static Metric counter(String name, String help, long value) {
        return counter(name, help, (double) value);
    }

    /** A gauge without labels. */
    public static Metric gauge(String name, String help, double value) {
        return new Metric(name, Kind.GAUGE, help, List.of(Sample.of(value)));
    }

    /** A gauge of whole things, without labels. */
    public static Metric gauge(String name, String help, long value) {
        return gauge(name, help, (double) value);
    }

    /**
     * A gauge with one label.
     *
     * @param values from the label's value to the figure; the set of keys has to be a closed one
     */
    public static Metric gauge(String name, String help, String label, Map<String, Long> values) {
        List<Sample> samples = new ArrayList<>();
        new TreeMap<>(values)
                .forEach((text, value) -> samples.add(Sample.of(label, text, value.doubleValue())));
        return new Metric(name, Kind.GAUGE, help, samples);
    }

    /**
     * One figure.
     *
     * @param suffix what a histogram adds to the name ({@code _bucket}, {@code _sum}, {@code
     *     _count}); empty otherwise
     * @param labels sorted by name
     */
    public record Sample(String suffix, Map<String, String> labels, double value) {
        /**
         * Checks the labels.
         *
         * @throws IllegalArgumentException when a name is not as it should be, or a value too long
         */
        public Sample {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
            labels.forEach(
                    (label, text) -> {
                        require(LABEL.matcher(label).matches(), label, "is no name of a label");
                        require(text.length() <= LONGEST_VALUE, label, "has too long a value");
                    });
        }

        /** A figure without labels. */
        public static Sample of(double value) {
            return new Sample("", Map.of(), value);
        }

        /** A figure with one label. */
        public static Sample of(String label, String text, double value) {
            return new Sample("", Map.of(label, text), value);
        }
    }

    private static void require(boolean holds, String name, String fault) {
        if (!holds) {
            throw new IllegalArgumentException("`" + name + "` " + fault);
        }
    }
}
