package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditSummaryTest {

    @TempDir Path temp;

    private final FakeBooks books = new FakeBooks();

    private AuditSummary summary() {
        return new AuditSummary(books, new Reports(temp.resolve("Reports")), new TurnedTimes());
    }

    private String report() throws Exception {
        return Files.readString(temp.resolve("Reports/weekly-audit-summary.json"));
    }

    @Test
    void a_part_without_records_is_not_the_end() throws Exception {
        AuditEntry refused =
                new AuditEntry(
                        7, Instant.EPOCH, "ELEVATION_REFUSED", "{\"outcome\":\"REFUSED\"}", "");
        books.parts.add(new AuditPart(List.of(), 5));
        books.parts.add(new AuditPart(List.of(refused), 9));
        books.parts.add(new AuditPart(List.of(refused), 0));
        assertThat(summary().run(Map.of()))
                .startsWith("2 records in 7 days, 2 elevations refused: ");
        assertThat(books.asked).containsExactly(0L, 5L, 9L);
        assertThat(report()).containsPattern("\"complete\" *: *true");
    }

    @Test
    void ab_105_the_weekly_look_reads_the_whole_chain_and_fails_where_it_is_damaged()
            throws Exception {
        assertThat(summary().run(Map.of())).contains("0 records in 7 days");
        assertThat(report()).containsPattern("\"intact\" *: *true");
        books.damage = "record 7 is missing";

        assertThatThrownBy(() -> summary().run(Map.of()))
                .hasMessage("the audit is damaged: record 7 is missing");
        assertThat(report()).contains("record 7 is missing");
    }
}
