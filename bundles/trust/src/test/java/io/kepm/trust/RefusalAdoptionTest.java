package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalAdoptionTest {

    private static final String LINE =
            "{\"event_time\":\"2026-01-02T03:04:05.006Z\",\"audit_event_type\":\"BUNDLE_REFUSED\","
                    + "\"outcome\":\"REFUSED\",\"reason\":\"its digest is not listed\","
                    + "\"details\":{\"location\":\"file:/x.jar\",\"sha256\":\"ab\","
                    + "\"symbolic_name\":\"evil\"}}\n";

    @TempDir Path folder;
    private Path spool;
    private final FakeAudit audit = new FakeAudit();
    private RefusalAdoption adoption;

    @BeforeEach
    void prepare() {
        spool = folder.resolve("refused.jsonl");
        adoption = new RefusalAdoption(spool, audit);
    }

    @Test
    void no_spool_is_fine() {
        adoption.adopt();

        assertThat(audit.drafts).isEmpty();
    }

    @Test
    void a_refusal_is_recorded_with_all_it_says_and_taken_out() throws IOException {
        Files.writeString(spool, LINE);
        adoption.adopt();

        assertThat(audit.drafts)
                .singleElement()
                .satisfies(
                        draft -> {
                            assertThat(draft.type()).isEqualTo(AuditType.BUNDLE_REFUSED);
                            assertThat(draft.eventTime())
                                    .isEqualTo(
                                            Optional.of(Instant.parse("2026-01-02T03:04:05.006Z")));
                            assertThat(draft.reason()).isEqualTo("its digest is not listed");
                            assertThat(draft.details())
                                    .containsEntry("location", "file:/x.jar")
                                    .containsEntry("sha256", "ab")
                                    .containsEntry("symbolic_name", "evil");
                        });
        assertThat(spool).isEmptyFile();
    }

    @Test
    void a_line_that_is_still_being_written_waits_for_its_end() throws IOException {
        Files.writeString(spool, LINE + LINE.substring(0, 20));
        adoption.adopt();
        assertThat(audit.drafts).hasSize(1);

        Files.writeString(spool, LINE.substring(20), StandardOpenOption.APPEND);
        adoption.adopt();
        adoption.adopt();
        assertThat(audit.drafts).hasSize(2);
        assertThat(spool).isEmptyFile();
    }

    @Test
    void without_an_audit_the_refusal_stays_and_is_recorded_once_it_is_back() throws IOException {
        Files.writeString(spool, LINE + LINE);
        audit.broken = true;
        adoption.adopt();
        assertThat(spool).hasContent(LINE + LINE);

        audit.broken = false;
        adoption.adopt();
        assertThat(audit.drafts).hasSize(2);
        assertThat(spool).isEmptyFile();
    }

    @Test
    void a_line_that_cannot_be_read_is_recorded_as_it_stands() throws IOException {
        Files.writeString(spool, "nonsense\n{\"event_time\":\"never\"}\n");
        adoption.adopt();

        assertThat(audit.drafts)
                .extracting(draft -> draft.details().get("line"))
                .containsExactly("nonsense", "{\"event_time\":\"never\"}");
    }

    @Test
    void ab_21_a_link_in_the_place_of_the_spool_is_not_touched() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), LINE);
        Files.createSymbolicLink(spool, other);
        adoption.adopt();

        assertThat(audit.drafts).isEmpty();
        assertThat(other).hasContent(LINE);
    }

    private static final class FakeAudit implements AuditLog {

        private final List<AuditDraft> drafts = new ArrayList<>();
        private boolean broken;

        @Override
        public List<AuditEntry> commit(Change change) throws StorageException {
            if (broken) {
                throw new StorageException("the disk is full");
            }
            drafts.addAll(change.drafts());
            return change.drafts().stream()
                    .map(draft -> new AuditEntry(1, Instant.EPOCH, draft.type().name(), "{}", ""))
                    .toList();
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            return List.of();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return new Verification(true, 0, "", "", false);
        }
    }
}
