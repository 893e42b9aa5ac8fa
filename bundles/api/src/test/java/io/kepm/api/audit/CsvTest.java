package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CsvTest {

    @Test
    void a_line_has_the_columns_of_the_header_and_ends_with_what_has_none() {
        assertThat(Csv.header())
                .startsWith("seq,event_time,audit_event_type,outcome,user_info.name,")
                .endsWith(",prev_hash,hash,details");
        assertThat(Csv.line(HostileRecord.flat()))
                .startsWith("\"7\",\"2026-11-25T10:00:00.123Z\",\"ELEVATION_REFUSED\",\"DENY\",")
                .endsWith(",\"ab12\",\"details.tty=pts/0\"");
        assertThat(Csv.line(new TreeMap<>()).split(",", -1))
                .hasSameSizeAs(Csv.header().split(",", -1))
                .containsOnly("\"\"");
    }

    @Test
    void ab_97_a_spreadsheet_computes_nothing() {
        String line = Csv.line(HostileRecord.flat());
        assertThat(line).contains(",\"'=cmd()\",\"-1\",");
        for (String formula : new String[] {"=1+1", "+1+1", "-1+1", "@SUM(1)", " =1", "\uff1d1"}) {
            assertThat(cell(formula)).isEqualTo("\"'" + formula + "\"");
        }
        assertThat(cell("\t=1")).isEqualTo("\"\\x09=1\"");
        assertThat(cell("1+1")).isEqualTo("\"1+1\"");
    }

    @Test
    void ab_97_no_value_can_end_its_cell_or_the_line() {
        assertThat(cell("a\",\"b")).isEqualTo("\"a\"\",\"\"b\"");
        assertThat(cell(HostileRecord.TEXT))
                .isEqualTo('"' + HostileRecord.SHOWN.replace("\"", "\"\"") + '"')
                .doesNotContain("\n", "\r", "\u001b");
        assertThat(cell("x".repeat(40_000))).hasSize(32_002).endsWith("…\"");
    }

    /** The last cell but those of hashes: the reason alone. */
    private static String cell(String text) {
        TreeMap<String, String> record = new TreeMap<>();
        record.put("reason", text);
        String empty = Csv.line(new TreeMap<>());
        String line = Csv.line(record);
        int start = 9 * 3;
        return line.substring(start, line.length() - (empty.length() - start - 2));
    }
}
