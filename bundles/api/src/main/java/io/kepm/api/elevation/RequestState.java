package io.kepm.api.elevation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The states of a request that waits for somebody (elevation.md §3), and which may follow which.
 * INVARIANT: nothing leads out of {@link #DENIED}, {@link #EXPIRED}, {@link #WITHDRAWN}, {@link
 * #USED} and {@link #REVOKED}.
 */
public enum RequestState {
    PENDING(0),
    APPROVED(1),
    DENIED(2),
    EXPIRED(3),
    ESCALATED(5),
    /** By the requester, before it was used. */
    WITHDRAWN(10),
    /** Every use it had is used up. */
    USED(11),
    /** By an administrator, before it was used. */
    REVOKED(12);

    private final int code;

    RequestState(int code) {
        this.code = code;
    }

    /** The number that goes over the wire; 0 to 5 are those of the reference product. */
    public int code() {
        return code;
    }

    /** The word in records and on screens, such as {@code Pending}. */
    public String word() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** Whether somebody can still decide it. */
    public boolean isOpen() {
        return this == PENDING || this == ESCALATED;
    }

    /** Whether nothing becomes of it any more. */
    public boolean isFinal() {
        return next().isEmpty();
    }

    /** The states that may follow. */
    public Set<RequestState> next() {
        return switch (this) {
            case PENDING -> EnumSet.of(APPROVED, DENIED, ESCALATED, EXPIRED, WITHDRAWN, REVOKED);
            case ESCALATED -> EnumSet.of(APPROVED, DENIED, EXPIRED, WITHDRAWN, REVOKED);
            case APPROVED -> EnumSet.of(USED, EXPIRED, WITHDRAWN, REVOKED);
            default -> EnumSet.noneOf(RequestState.class);
        };
    }
}
