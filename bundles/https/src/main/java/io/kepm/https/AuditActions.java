package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditFilter;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.FilterSearch;
import io.kepm.api.json.Fields;
import io.kepm.api.storage.StorageException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Reading the audit, and checking its chain. */
final class AuditActions {

    private static final Set<String> KNOWN = Set.of("after", "limit", "order", "wait");
    private static final int DEFAULT_LIMIT = 100;
    private static final int LONGEST_WAIT = 30;
    private static final long LOOK_MILLIS = 500;

    /** Each who waits has a thread of the doors. */
    private static final int MOST_WAITING = 4;

    private final AuditLog audit;
    private final AuditScan scan;
    private final Clock clock;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);

    /** Each reads all records: several at once would cost those who decide their time. */
    private final Semaphore verifying = new Semaphore(1);

    /** Administrators wait for each other only: who may but read can't keep them from it. */
    private final Semaphore adminVerifying = new Semaphore(1);

    AuditActions(AuditLog audit, Clock clock) {
        this.audit = audit;
        this.scan = new AuditScan(audit, clock, AuditScan.Bounds.STANDARD);
        this.clock = clock;
    }

    Answer list(Call call) throws StorageException {
        AuditParameters parameters = new AuditParameters(call.query(), KNOWN);
        int limit = (int) parameters.number("limit", DEFAULT_LIMIT, 1, 1000);
        AuditQuery asked =
                parameters.query(
                        parameters.number("after", 0, 0, Long.MAX_VALUE),
                        limit,
                        parameters.newestFirst());
        AuditFilter filter = parameters.filter();
        long wait = parameters.number("wait", 0, 0, LONGEST_WAIT);
        if (!parameters.faults().isEmpty()) {
            return Answer.invalid(parameters.faults());
        }
        AuditScan.Found found = awaited(asked, filter, wait);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", found.items());
        body.put("next", found.next() == 0 ? Optional.empty() : found.next());
        body.put("limit", (long) limit);
        if (!filter.equals(AuditFilter.ALL)) {
            body.put("scanned", found.scanned());
        }
        return Answer.ok(body).noted(found.items().size() + " records read");
    }

    /** Waits so many seconds, at most, for a record that is more than such a look itself. */
    private AuditScan.Found awaited(AuditQuery asked, AuditFilter filter, long seconds)
            throws StorageException {
        AuditScan.Found found = found(asked, filter);
        if (seconds == 0 || !waiting.tryAcquire()) {
            return found;
        }
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (!isBrokenOff(found, asked)
                    && found.items().stream().allMatch(AuditActions::isLook)
                    && System.nanoTime() < end) {
                Thread.sleep(LOOK_MILLIS);
                found = found(asked, filter);
            }
        } catch (InterruptedException e) {
            // The doors close: what there is is the answer.
            Thread.currentThread().interrupt();
        } finally {
            waiting.release();
        }
        return found;
    }

    /**
     * Then it is for the caller to go on: to begin anew would cost the same, and bring as little.
     */
    private static boolean isBrokenOff(AuditScan.Found found, AuditQuery asked) {
        return found.next() > 0 && found.items().size() < asked.limit();
    }

    /** Every look at the audit is on record, and would end the wait of the next one. */
    private static boolean isLook(AuditEntry entry) {
        return entry.type().equals(AuditType.ADMIN_ACTION.name())
                && entry.json().contains("\"route\":\"/api/audit\"");
    }

    /** By the indexes alone where they can tell, else with a look at the records. */
    private AuditScan.Found found(AuditQuery asked, AuditFilter filter) throws StorageException {
        FilterSearch search = filter.at(clock.instant(), clock.getZone());
        Optional<FilterSearch.Narrowed> narrowed = search.narrowed(asked);
        if (narrowed.isEmpty()) {
            return new AuditScan.Found(List.of(), 0, 0);
        }
        if (!narrowed.get().exact()) {
            return scan.find(narrowed.get().query(), search);
        }
        AuditPart part = audit.search(narrowed.get().query());
        return new AuditScan.Found(part.entries(), part.entries().size(), part.next());
    }

    Answer verify(Call call) throws StorageException {
        List<Fields.Fault> faults = new ArrayList<>();
        Optional<AuditPlace> anchor = anchor(call.query(), faults);
        if (!faults.isEmpty()) {
            return Answer.invalid(faults);
        }
        Semaphore turn = call.caller().isAdmin() ? adminVerifying : verifying;
        if (!turn.tryAcquire()) {
            return Answer.problem(503, "the audit is being verified for somebody: try again then")
                    .with("Retry-After", "30");
        }
        AuditLog.Verification verification;
        try {
            verification = audit.verify(anchor);
        } finally {
            turn.release();
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("intact", verification.intact());
        body.put("records", verification.records());
        body.put("head", verification.head());
        body.put("firstBad", verification.firstBad());
        body.put("anchored", verification.anchored());
        body.put("first", verification.first());
        body.put("checkpoints", verification.checkpoints());
        return Answer.ok(body).noted(verification.intact() ? "intact" : verification.firstBad());
    }

    /** A record that is known from outside: {@code ?anchor=SEQ:HASH}. */
    private static Optional<AuditPlace> anchor(
            Map<String, String> query, List<Fields.Fault> faults) {
        String text = query.getOrDefault("anchor", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.indexOf(':');
        if (colon < 1
                || !text.substring(0, colon).matches("[0-9]{1,18}")
                || !text.substring(colon + 1).matches("[0-9a-f]{64}")) {
            faults.add(new Fields.Fault("?anchor", "not the number of a record, `:` and its hash"));
            return Optional.empty();
        }
        return Optional.of(
                new AuditPlace(
                        Long.parseLong(text.substring(0, colon)), text.substring(colon + 1)));
    }
}
