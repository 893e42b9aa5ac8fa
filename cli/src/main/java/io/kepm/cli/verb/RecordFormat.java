package io.kepm.cli.verb;

import io.kepm.api.audit.Cef;
import io.kepm.api.audit.Csv;
import io.kepm.cli.json.Exported;
import io.kepm.cli.json.Json;
import java.util.Locale;
import java.util.Optional;

/** The forms in which records leave the audit. */
enum RecordFormat {
    /** The form that is chained: only this one can be verified. */
    JSON,
    CSV,
    CEF;

    static Optional<RecordFormat> of(String word) {
        for (RecordFormat format : values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** The line before the first record. */
    Optional<String> head() {
        return this == CSV ? Optional.of(Csv.header()) : Optional.empty();
    }

    /**
     * The line of a record.
     *
     * @throws IllegalArgumentException when it is no audit record
     */
    String line(Json record) {
        return switch (this) {
            case JSON -> Exported.entry(record).exported();
            case CSV -> Csv.line(Exported.flat(record));
            case CEF -> Cef.line(Exported.flat(record));
        };
    }
}
