package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The dashboard asks for nothing that the administrator's table does not name; that the agent
 * exports just what is in the table is found by {@code MetricsIT}.
 */
class DashboardTest {

    private static final Path DOCS = Path.of("../../docs");
    private static final Pattern ASKED = Pattern.compile("kepm_[a-z0-9_]+");
    private static final Pattern ROW =
            Pattern.compile(
                    "^\\| `(kepm_[a-z0-9_]+)` \\| (counter|gauge|histogram) \\|",
                    Pattern.MULTILINE);

    @Test
    void every_figure_of_the_dashboard_is_in_the_table() throws IOException {
        Map<String, String> kinds =
                ROW.matcher(Files.readString(DOCS.resolve("administrator.md")))
                        .results()
                        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        TreeSet<String> asked = new TreeSet<>();
        ASKED.matcher(Files.readString(DOCS.resolve("grafana-dashboard.json")))
                .results()
                .forEach(found -> asked.add(found.group()));
        assertThat(asked).hasSizeGreaterThan(20);
        for (String name : asked) {
            String family = name.replaceFirst("_bucket$", "");
            assertThat(kinds).containsKey(family);
            assertThat(kinds.get(family).equals("histogram"))
                    .as(name)
                    .isEqualTo(name.endsWith("_bucket"));
        }
    }
}
