package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import java.util.Optional;

/**
 * Notices that room for records gets short, long before elevation stops, and that there is enough
 * again. Between the two is a quarter, so that a file system at the mark is not told of all the
 * time. For use by one thread.
 */
final class LowWater {

    /** Below this the health says so as well, in bytes. */
    static final long MARK = 64L << 20;

    static final long ENOUGH = MARK + MARK / 4;

    private static final int MEBI = 20;

    private boolean low;

    /**
     * The record that is due; it is due until {@link #told}.
     *
     * @param free bytes on the file system of the store
     */
    Optional<AuditDraft> look(long free) {
        if (!low && free < MARK) {
            return Optional.of(
                    draft(
                                    "DEGRADED",
                                    "only %d MiB are free for records; without, elevation is refused"
                                            .formatted(free >> MEBI))
                            .detail("mark_mib", Long.toString(MARK >> MEBI))
                            .detail("free_mib", Long.toString(free >> MEBI))
                            .build());
        }
        return low && free >= ENOUGH
                ? Optional.of(
                        draft("RECOVERED", "there is room for records again")
                                .detail("free_mib", Long.toString(free >> MEBI))
                                .build())
                : Optional.empty();
    }

    /** It will be on record. */
    void told() {
        low = !low;
    }

    private static AuditDraft.Builder draft(String outcome, String reason) {
        return AuditDraft.of(AuditType.AUDIT_ROOM_LOW, outcome)
                .sessionType("system")
                .reason(reason);
    }
}
