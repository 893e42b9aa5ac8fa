package io.kepm.api.audit;

import java.util.List;

/**
 * A part of the answer to an {@link AuditQuery}.
 *
 * @param entries those that were found, in the order asked for; perhaps fewer than the limit, or
 *     none, although there are more
 * @param next the place to ask the same question again from ({@code after}); 0 when there is
 *     nothing more to look at
 */
public record AuditPart(List<AuditEntry> entries, long next) {

    public AuditPart {
        entries = List.copyOf(entries);
    }

    /** Of an answer that nothing broke off: where it is full there may be more. */
    public static AuditPart whole(AuditQuery query, List<AuditEntry> entries) {
        boolean isFull = entries.size() == query.limit();
        return new AuditPart(entries, isFull ? entries.get(entries.size() - 1).seq() : 0);
    }
}
