package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.Cef;
import io.kepm.api.audit.Csv;
import io.kepm.api.audit.FlatRecord;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The forms in which records leave the audit, one line each. */
enum ExportForm {
    /** The form that is chained: only this one can be verified. */
    JSON("application/x-ndjson", "jsonl"),
    CSV("text/csv; charset=utf-8", "csv"),
    CEF("text/plain; charset=utf-8", "cef");

    private final String contentType;
    private final String ending;

    ExportForm(String contentType, String ending) {
        this.contentType = contentType;
        this.ending = ending;
    }

    static Optional<ExportForm> of(String word) {
        return Arrays.stream(values())
                .filter(form -> form.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    String contentType() {
        return contentType;
    }

    String fileName() {
        return "audit." + ending;
    }

    /** The line before the first record. */
    Optional<String> head() {
        return this == CSV ? Optional.of(Csv.header()) : Optional.empty();
    }

    String line(AuditEntry entry) {
        return switch (this) {
            case JSON -> entry.exported();
            case CSV -> Csv.line(FlatRecord.of(RecordText.members(entry)));
            case CEF -> Cef.line(FlatRecord.of(RecordText.members(entry)));
        };
    }
}
