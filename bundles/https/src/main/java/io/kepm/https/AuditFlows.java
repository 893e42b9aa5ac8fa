package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.FilterSearch;
import io.kepm.api.storage.StorageException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/** The audit as it comes, and as a whole. */
final class AuditFlows {

    /** The header of a reader that comes back, as a parameter; see {@link Gate}. */
    static final String LAST_EVENT_ID = "lastEventId";

    private final AuditLog audit;
    private final Streams streams;
    private final AuditStream.Pace pace;
    private final Clock clock;

    AuditFlows(AuditLog audit, Streams streams, AuditStream.Pace pace, Clock clock) {
        this.audit = audit;
        this.streams = streams;
        this.pace = pace;
        this.clock = clock;
    }

    /** From {@code Last-Event-ID} or {@code after} on; without either from now on. */
    Answer stream(Call call) throws StorageException {
        AuditParameters parameters =
                new AuditParameters(call.query(), Set.of("after", LAST_EVENT_ID));
        long after = parameters.number("after", -1, 0, Long.MAX_VALUE);
        long last = parameters.number(LAST_EVENT_ID, after, 0, Long.MAX_VALUE);
        FilterSearch wanted = parameters.whole().at(clock.instant(), clock.getZone());
        if (!parameters.faults().isEmpty()) {
            return Answer.invalid(parameters.faults());
        }
        long from = last < 0 ? AuditStream.head(audit) : last;
        Optional<Shares.Share> share = streams.open(call.caller());
        if (share.isEmpty()) {
            return Streams.full();
        }
        return Answer.flow(
                        "text/event-stream",
                        new AuditStream(audit, wanted, from, streams, share.get(), pace))
                .noted("stream after record " + from);
    }

    Answer export(Call call) throws StorageException {
        AuditParameters parameters = new AuditParameters(call.query(), Set.of("after", "format"));
        String word = call.query().getOrDefault("format", "json");
        Optional<ExportForm> form = ExportForm.of(word);
        if (form.isEmpty()) {
            parameters.fault("format", "none of json, csv, cef");
        }
        AuditQuery asked =
                parameters.query(parameters.number("after", 0, 0, Long.MAX_VALUE), 1, false);
        FilterSearch wanted = parameters.filter().at(clock.instant(), clock.getZone());
        if (!parameters.faults().isEmpty()) {
            return Answer.invalid(parameters.faults());
        }
        long head = AuditStream.head(audit);
        Optional<Shares.Share> share = streams.open(call.caller());
        if (share.isEmpty()) {
            return Streams.full();
        }
        ExportForm lines = form.orElseThrow();
        return Answer.flow(
                        lines.contentType(),
                        new AuditExport(audit, asked, wanted, lines, head, streams, share.get()))
                .with("Content-Disposition", "attachment; filename=\"" + lines.fileName() + "\"")
                .noted("export of records up to " + head);
    }
}
