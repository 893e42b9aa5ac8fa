package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The reference page says what the code says. With {@code -Dkepm.page.write=true} its tables are
 * written anew.
 */
class AuditPageTest {

    private static final Path PAGE = Path.of("../../docs/audit.md");
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private final String page = read();

    private static String read() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_tables_are_those_of_the_code() throws IOException {
        String now = with(with(page, "types", types()), "fields", fields());
        if (Boolean.getBoolean("kepm.page.write")) {
            Files.writeString(PAGE, now);
        } else {
            assertThat(page).as("write it anew: see its head").isEqualTo(now);
        }
    }

    @Test
    void examples_find_what_the_page_says() throws UnreadableFilter {
        List<Map<String, Object>> records = records();
        assertThat(records).hasSize(5);
        int examples = 0;
        for (List<String> row : table("| Filter | Finds |")) {
            String filter = row.get(0).replace("`", "");
            FilterSearch search = AuditFilter.parse(filter).at(NOON, ZoneOffset.UTC);
            String found =
                    records.stream()
                            .filter(search)
                            .map(record -> String.valueOf(record.get("seq")))
                            .collect(Collectors.joining(" "));
            assertThat(found).as(filter).isEqualTo(row.get(1));
            examples++;
        }
        assertThat(examples).isGreaterThan(10);
    }

    @Test
    void every_filter_to_watch_by_is_one() throws UnreadableFilter {
        int filters = 0;
        for (String line : blocks("filter", page)) {
            AuditFilter filter = AuditFilter.parse(line);
            assertThat(AuditFilter.parse(filter.toString())).isEqualTo(filter);
            filters++;
        }
        assertThat(filters).isGreaterThan(10);
    }

    @Test
    void what_is_watched_for_in_vain_is_said_and_nothing_else() throws Exception {
        Set<AuditType> written = AuditSources.of(Path.of("..")).keySet();
        for (String section : page.split("\n### ")) {
            Set<String> silent = new TreeSet<>();
            for (String line : blocks("filter", section)) {
                for (FilterTerm term : AuditFilter.parse(line).terms()) {
                    if (term.field().equals(AuditField.AUDIT_EVENT_TYPE.path())) {
                        term.values().forEach(word -> silent.add(word.text()));
                    }
                }
            }
            written.forEach(type -> silent.remove(type.name()));
            String mark = "\nNo source yet: ";
            int said = section.indexOf(mark);
            String line =
                    said < 0
                            ? ""
                            : section.substring(said + mark.length())
                                    .lines()
                                    .findFirst()
                                    .orElse("");
            assertThat(line.replace("`", "")).as(section).isEqualTo(String.join(", ", silent));
        }
    }

    @Test
    void rules_name_fields_and_types_that_there_are() {
        int named = 0;
        for (String line : blocks("yaml", page)) {
            boolean inSelection = line.startsWith("        ") && line.charAt(8) != ' ';
            String field = line.strip().replaceFirst("[|:].*", "");
            if (inSelection && !line.contains("expr:") && !line.contains("for:")) {
                assertThat(AuditField.of(field)).as(line).isPresent();
                named++;
            }
            if (field.equals(AuditField.AUDIT_EVENT_TYPE.path())) {
                String types = line.substring(line.indexOf(':') + 1).replaceAll("[\\[\\]]", "");
                for (String type : types.split(",", -1)) {
                    assertThat(AuditType.valueOf(type.strip())).isNotNull();
                }
            }
        }
        assertThat(named).isGreaterThan(4);
    }

    private static String types() throws IOException {
        Map<AuditType, Set<String>> sources = AuditSources.of(Path.of(".."));
        StringBuilder out = new StringBuilder("| Type | Says | Comes from |\n|---|---|---|\n");
        for (AuditType type : AuditType.values()) {
            Set<String> from = sources.getOrDefault(type, Set.of());
            out.append("| `")
                    .append(type)
                    .append("` | ")
                    .append(type.sentence())
                    .append(" | ")
                    .append(from.isEmpty() ? "no source yet" : String.join(", ", from))
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String fields() {
        StringBuilder out = new StringBuilder("| Field | Holds |\n|---|---|\n");
        for (AuditField field : AuditField.values()) {
            out.append("| `")
                    .append(field.path())
                    .append("` | ")
                    .append(field.sentence())
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String with(String text, String name, String table) {
        String mark = "<!-- generated: " + name + " -->\n";
        int start = text.indexOf(mark) + mark.length();
        int end = text.indexOf("<!-- end -->", start);
        assertThat(text).contains(mark);
        return text.substring(0, start) + table + text.substring(end);
    }

    /** The records of the page: its headings are fields, an empty cell is a missing one. */
    private List<Map<String, Object>> records() {
        String heading = "| seq | event_time |";
        int start = page.indexOf(heading);
        List<String> names = cells(page.substring(start, page.indexOf('\n', start)));
        List<Map<String, Object>> records = new ArrayList<>();
        for (List<String> row : table(heading)) {
            Map<String, Object> record = new HashMap<>();
            for (int i = 0; i < row.size(); i++) {
                if (!row.get(i).isEmpty()) {
                    put(record, names.get(i), row.get(i));
                }
            }
            records.add(record);
        }
        return records;
    }

    private static void put(Map<String, Object> record, String name, String value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            record.put(name, value);
        } else {
            record.put(name.substring(0, dot), Map.of(name.substring(dot + 1), value));
        }
    }

    private List<List<String>> table(String heading) {
        int start = page.indexOf(heading);
        assertThat(start).as(heading).isNotNegative();
        return page.substring(start)
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(AuditPageTest::cells)
                .toList();
    }

    private static List<String> cells(String row) {
        String inner = row.strip().substring(1);
        return Arrays.stream(inner.substring(0, inner.lastIndexOf('|')).split("\\|", -1))
                .map(String::strip)
                .toList();
    }

    /** The lines of all fenced blocks of that kind. */
    private static List<String> blocks(String kind, String text) {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            if (line.startsWith("```")) {
                inside = line.equals("```" + kind);
            } else if (inside) {
                lines.add(line);
            }
        }
        return lines;
    }
}
