package io.kepm.audit.export;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.text.VisibleText;
import io.kepm.audit.Bell;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One export: reads what is new, hands it over, remembers how far it is. Every record is delivered
 * at least once and in order; none is skipped, whatever the other side says of it. {@link #round}
 * is for one thread; health and place may be asked by any.
 */
final class Exporter {

    /** Records of a page: the store's writer reads them between two commits, so not many. */
    static final int PAGE = 200;

    /** Bytes of a delivery, from which on it takes no further record. */
    static final int BATCH_BYTES = 1 << 20;

    /** How often to look when nothing rings. */
    static final Duration POLL = Duration.ofSeconds(1);

    /** How many records may wait before somebody should know. */
    static final long FAR_BEHIND = 10_000;

    private static final int LONGEST_REASON = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);

    private final Address address;
    private final Sink sink;
    private final Storage storage;
    private final AuditLog audit;
    private final Bell bell;
    private final Clocks clocks;
    private final Cursor cursor;
    private final Progress progress;
    private final Backoff backoff = new Backoff();
    private volatile Optional<Trouble> trouble = Optional.empty();
    private volatile String refused = "";
    private volatile boolean stopping;
    private int size = PAGE;

    /** What is wrong, and since when. */
    private record Trouble(Instant since, String reason) {}

    /** What an export works on. */
    record Source(Storage storage, AuditLog audit, Bell bell, Clocks clocks) {}

    Exporter(Address address, Sink sink, Source source, Cursor cursor) {
        this.address = address;
        this.sink = sink;
        this.storage = source.storage();
        this.audit = source.audit();
        this.bell = source.bell();
        this.clocks = source.clocks();
        this.cursor = cursor;
        // Beyond the newest record is no place: then the store is not the one of that cursor.
        long start = cursor.kept() > bell.newest() ? 0 : cursor.kept();
        this.progress = new Progress(start, sink.acknowledges());
    }

    /** Delivers a page, if there is one; says how long to wait before the next round. */
    Duration round() {
        try {
            AuditPart part = storage.auditSearch(AuditQuery.after(progress.sent(), size));
            List<AuditEntry> page = part.entries();
            boolean isMore = part.next() > 0;
            Instant now = clocks.steady().instant();
            if (page.isEmpty()) {
                sink.check();
                progress.stands(now);
            }
            for (List<AuditEntry> batch : batches(page)) {
                deliver(batch);
            }
            worked();
            cursor.keep(progress.sure(), now);
            return isMore ? Duration.ZERO : POLL;
        } catch (IOException | StorageException | RuntimeException e) {
            return failed(e);
        }
    }

    private void deliver(List<AuditEntry> batch) throws IOException {
        Instant before = clocks.steady().instant();
        String answer = sink.deliver(batch);
        progress.stands(before);
        progress.sent(batch.get(batch.size() - 1).seq(), before);
        if (!answer.isEmpty() && refused.isEmpty()) {
            LOG.warn("the export {} goes on, but: {}", address.name(), answer);
            record("REFUSED", answer, "last_seq", progress.sent());
        }
        refused = answer;
    }

    private static List<List<AuditEntry>> batches(List<AuditEntry> page) {
        List<List<AuditEntry>> batches = new ArrayList<>();
        int start = 0;
        int bytes = 0;
        for (int i = 0; i < page.size(); i++) {
            bytes += page.get(i).json().length();
            if (bytes >= BATCH_BYTES || i == page.size() - 1) {
                batches.add(page.subList(start, i + 1));
                start = i + 1;
                bytes = 0;
            }
        }
        return batches;
    }

    private void worked() {
        size = Math.min(PAGE, size * 2);
        if (trouble.isPresent()) {
            Trouble over = trouble.get();
            trouble = Optional.empty();
            LOG.info("the export {} works again", address.name());
            record("RECOVERED", "failed since " + over.since(), "waited", behind());
        }
    }

    private Duration failed(Exception e) {
        progress.broke();
        // What is too large or too slow together may pass in parts.
        size = Math.max(1, size / 2);
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        String reason = VisibleText.of(message, LONGEST_REASON);
        Optional<Trouble> known = trouble;
        trouble =
                Optional.of(
                        new Trouble(
                                known.map(Trouble::since).orElseGet(clocks.wall()::instant),
                                reason));
        if (known.isEmpty() && !stopping) {
            LOG.warn("the export {} fails: {}", address.name(), reason);
            record("FAILED", reason, "since_seq", progress.sent() + 1);
        }
        return backoff.failed(clocks.steady().instant());
    }

    private void record(String outcome, String reason, String detail, long value) {
        try {
            audit.append(
                    AuditDraft.of(AuditType.AUDIT_EXPORT_FAILED, outcome)
                            .sessionType("system")
                            .reason(reason)
                            .detail("export", address.name())
                            .detail("address", address.shown())
                            .detail(detail, Long.toString(value))
                            .build());
        } catch (StorageException e) {
            LOG.error("not on record: {} {}: {}", address.name(), outcome, e.getMessage());
        }
    }

    /** How many records wait. */
    long behind() {
        return Math.max(0, bell.newest() - progress.sent());
    }

    boolean isFailing() {
        return trouble.isPresent();
    }

    /** What somebody should know about it; empty when all is well. */
    String complaint() {
        Optional<Trouble> known = trouble;
        if (known.isPresent()) {
            return "`%s` fails since %s: %s (%d records wait)"
                    .formatted(address.name(), known.get().since(), known.get().reason(), behind());
        }
        if (!refused.isEmpty()) {
            return "`" + address.name() + "`: " + refused;
        }
        return behind() > FAR_BEHIND
                ? "`" + address.name() + "` is " + behind() + " records behind"
                : "";
    }

    /** Remembers the place for good; the last thing to do. */
    void end() {
        try {
            cursor.keep(progress.sure());
        } catch (StorageException e) {
            LOG.warn("the export {} will repeat itself: {}", address.name(), e.getMessage());
        }
        sink.close();
    }

    /** Makes a delivery that hangs fail, which is no failure then; from any thread. */
    void interrupt() {
        stopping = true;
        sink.close();
    }
}
