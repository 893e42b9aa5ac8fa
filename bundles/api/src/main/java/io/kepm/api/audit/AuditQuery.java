package io.kepm.api.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which records to read.
 *
 * @param types names of {@link AuditType}; empty means all
 * @param user exact user name, as it stands in {@code user_info}
 * @param target exact path, as it stands in {@code target_info}
 * @param request exact {@code request_uid}
 * @param after with {@code newestFirst} only records before this place, else only after it; 0: no
 *     limit
 * @param limit at most this many, 1 to 1000
 */
public record AuditQuery(
        List<String> types,
        Optional<String> user,
        Optional<String> target,
        Optional<String> request,
        Optional<Instant> from,
        Optional<Instant> to,
        long after,
        int limit,
        boolean newestFirst) {

    public AuditQuery {
        types = List.copyOf(types);
        if (limit < 1 || limit > 1000) {
            throw new IllegalArgumentException("limit `" + limit + "`: 1 to 1000 is allowed");
        }
    }

    /** The same question, from another place on and for at most that many. */
    public AuditQuery page(long place, int most) {
        return new AuditQuery(types, user, target, request, from, to, place, most, newestFirst);
    }

    /** Everything in order, from a place on. */
    public static AuditQuery after(long seq, int limit) {
        return new AuditQuery(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                seq,
                limit,
                false);
    }
}
