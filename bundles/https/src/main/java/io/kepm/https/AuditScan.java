package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Looks at records one by one, a page at a time, for those that no index can tell. One call looks
 * at so many or for so long, and says where to go on.
 */
final class AuditScan {

    private final AuditLog audit;
    private final InstantSource clock;
    private final Bounds bounds;

    AuditScan(AuditLog audit, InstantSource clock, Bounds bounds) {
        this.audit = audit;
        this.clock = clock;
        this.bounds = bounds;
    }

    /**
     * How much one call does.
     *
     * @param page records that are in memory at once
     * @param records looked at
     * @param characters of what was found
     * @param time after which no further page is read
     */
    record Bounds(int page, int records, long characters, Duration time) {
        static final Bounds STANDARD = new Bounds(500, 50_000, 4 << 20, Duration.ofSeconds(2));
    }

    /**
     * What was found.
     *
     * @param scanned records that were looked at
     * @param next where to go on; 0 at the end of the audit
     */
    record Found(List<AuditEntry> items, long scanned, long next) {}

    Found find(AuditQuery asked, Predicate<Map<String, Object>> wanted) throws StorageException {
        Instant end = clock.instant().plus(bounds.time());
        List<AuditEntry> items = new ArrayList<>();
        long scanned = 0;
        long characters = 0;
        long place = asked.after();
        while (true) {
            AuditPart page = audit.search(asked.page(place, bounds.page()));
            for (AuditEntry entry : page.entries()) {
                scanned++;
                place = entry.seq();
                if (wanted.test(RecordText.members(entry))) {
                    items.add(entry);
                    characters += entry.json().length();
                    if (items.size() == asked.limit() || characters >= bounds.characters()) {
                        return new Found(items, scanned, place);
                    }
                }
            }
            place = page.next();
            if (place == 0) {
                return new Found(items, scanned, 0);
            }
            if (scanned >= bounds.records() || !clock.instant().isBefore(end)) {
                return new Found(items, scanned, place);
            }
        }
    }
}
