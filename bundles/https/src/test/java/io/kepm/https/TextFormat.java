package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format of Prometheus 0.0.4, and fails on all that its description does not give:
 * stricter than any parser, which takes families in pieces and figures out of order.
 */
final class TextFormat {

    private static final Pattern HELP =
            Pattern.compile("# HELP ([a-z_:][a-z0-9_:]*) ((?:[^\\\\]|\\\\[\\\\n])+)");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)");
    private static final String LABEL = "[a-z_][a-z0-9_]*=\"(?:[^\\\\\"]|\\\\[\\\\n\"])*\"";
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-z_:][a-z0-9_:]*)(\\{"
                            + LABEL
                            + "(?:,"
                            + LABEL
                            + ")*\\})? "
                            + "(-?[0-9]+(?:\\.[0-9]+)?(?:E-?[0-9]+)?|[+-]Inf|NaN)");

    /** From each series, as it is written, to its figure. */
    final Map<String, Double> series = new LinkedHashMap<>();

    /** From the name of each family to its kind. */
    final Map<String, String> families = new LinkedHashMap<>();

    TextFormat(String page) {
        assertThat(page).endsWith("\n").doesNotContain("\n\n", "\r", "\t");
        List<String> lines = page.lines().toList();
        int at = 0;
        while (at < lines.size()) {
            at = family(lines, at);
        }
        assertThat(new ArrayList<>(families.keySet())).isSorted();
    }

    private int family(List<String> lines, int begin) {
        Matcher help = matched(HELP, lines.get(begin));
        Matcher type = matched(TYPE, lines.get(begin + 1));
        String name = help.group(1);
        assertThat(type.group(1)).isEqualTo(name);
        assertThat(families.put(name, type.group(2))).as("a second family %s", name).isNull();
        int at = begin + 2;
        List<Double> buckets = new ArrayList<>();
        while (at < lines.size() && !lines.get(at).startsWith("#")) {
            Matcher sample = matched(SAMPLE, lines.get(at));
            double value = number(sample.group(3));
            String labels = sample.group(2) == null ? "" : sample.group(2);
            assertThat(series.put(sample.group(1) + labels, value)).as(lines.get(at)).isNull();
            if (type.group(2).equals("histogram")) {
                assertThat(sample.group(1)).matches(name + "_(bucket|sum|count)");
                if (sample.group(1).endsWith("_bucket")) {
                    buckets.add(value);
                }
            } else {
                assertThat(sample.group(1)).isEqualTo(name);
            }
            at++;
        }
        if (!buckets.isEmpty()) {
            assertThat(buckets).isSorted();
            assertThat(buckets.get(buckets.size() - 1))
                    .isEqualTo(series.get(name + "_bucket{le=\"+Inf\"}"))
                    .isEqualTo(series.get(name + "_count"));
            assertThat(series).containsKey(name + "_sum");
        }
        assertThat(at).as("%s has figures", name).isGreaterThan(begin + 2);
        return at;
    }

    private static Matcher matched(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return matcher;
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("Inf", "Infinity"));
    }
}
