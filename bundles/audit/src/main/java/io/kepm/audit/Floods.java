package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keeps refusals from rotating evidence away: the first of a source within a minute are records of
 * their own, the others are counted, and one record says how many. The fuller the store, the fewer;
 * what gives a right, or takes one, is never counted here. Safe for use by many threads.
 */
final class Floods {

    /** Refusals of one source that are on record by themselves within a minute. */
    static final int SINGLES = 20;

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_SOURCES = 1_000;

    /** One account has as many subordinate ones as it likes to knock with. */
    static final int MOST_STRANGERS = 64;

    private static final String OTHERS = "others";
    private static final Set<AuditType> REFUSALS =
            Set.of(
                    AuditType.ELEVATION_REFUSED,
                    AuditType.FILE_ACCESS_REFUSED,
                    AuditType.AUTHORIZATION_FAILED,
                    AuditType.PROCESS_AUTHENTICATION_FAILED,
                    AuditType.MFA_FAILED,
                    AuditType.RATE_LIMITED);

    /** What a door turned away: nothing was asked of policy, and anybody can cause it. */
    private static final Set<AuditType> AT_THE_DOOR =
            Set.of(
                    AuditType.AUTHORIZATION_FAILED,
                    AuditType.PROCESS_AUTHENTICATION_FAILED,
                    AuditType.RATE_LIMITED);

    private static final Set<String> GIVING = Set.of("ALLOW", "PENDING", "NOT_GOVERNED");

    /** Of whom nobody knows who he is. */
    private final Crowd strangers = new Crowd(MOST_STRANGERS);

    private final Crowd atTheDoor = new Crowd(MOST_STRANGERS);
    private final Crowd denied = new Crowd(MOST_SOURCES);
    private volatile int singles = SINGLES;

    /**
     * Sources that may use up each other's room, and nobody else's. INVARIANT: whoever proved less
     * never takes the window of one who proved more.
     */
    private static final class Crowd {
        private final int most;
        private final Map<String, Window> windows = new HashMap<>();

        Crowd(int most) {
            this.most = most;
        }

        synchronized boolean admits(
                Change change, Instant now, int singles, List<AuditDraft> summaries) {
            Window window = window(change, now, summaries);
            if (++window.changes <= singles) {
                return true;
            }
            window.count(change, now);
            return false;
        }

        synchronized void count(Change change, Instant now, List<AuditDraft> summaries) {
            window(change, now, summaries).count(change, now);
        }

        private Window window(Change change, Instant now, List<AuditDraft> summaries) {
            String source = source(change.drafts().get(0));
            if (!windows.containsKey(source) && windows.size() >= most) {
                source = OTHERS;
            }
            Window window = windows.get(source);
            if (window == null || window.isOver(now)) {
                if (window != null && window.counted > 0) {
                    summaries.add(window.summary());
                }
                window = new Window(now, change.drafts().get(0), source.equals(OTHERS));
                windows.put(source, window);
            }
            return window;
        }

        synchronized void end(Instant now, boolean all, List<AuditDraft> summaries) {
            Iterator<Window> open = windows.values().iterator();
            while (open.hasNext()) {
                Window window = open.next();
                if (all || window.isOver(now)) {
                    if (window.counted > 0) {
                        summaries.add(window.summary());
                    }
                    open.remove();
                }
            }
        }
    }

    /** Refusals of one source since the first of them; guarded by its crowd. */
    private static final class Window {
        private final Instant start;
        private final AuditDraft first;
        private final boolean isOfMany;
        private final Map<String, Integer> types = new TreeMap<>();
        private int changes;
        private int counted;
        private Instant firstCounted = Instant.EPOCH;
        private Instant lastCounted = Instant.EPOCH;

        Window(Instant start, AuditDraft first, boolean isOfMany) {
            this.start = start;
            this.first = first;
            this.isOfMany = isOfMany;
        }

        /** A clock that was set back ends it as well. */
        boolean isOver(Instant now) {
            return !now.isBefore(start.plus(WINDOW)) || now.isBefore(start);
        }

        void count(Change change, Instant now) {
            if (counted++ == 0) {
                firstCounted = now;
            }
            lastCounted = now;
            change.drafts().forEach(draft -> types.merge(draft.type().name(), 1, Integer::sum));
        }

        AuditDraft summary() {
            AuditDraft.Builder draft =
                    AuditDraft.of(first.type(), "SUMMARY")
                            .reason(
                                    counted
                                            + (isOfMany
                                                    ? " more refusals of other sources within a minute"
                                                    : " more refusals of this source within a minute"))
                            .detail("count", Integer.toString(counted))
                            .detail("first", firstCounted.toString())
                            .detail("last", lastCounted.toString())
                            .detail(
                                    "types",
                                    types.entrySet().stream()
                                            .map(type -> type.getKey() + "=" + type.getValue())
                                            .collect(Collectors.joining(" ")));
            if (!isOfMany) {
                first.user().ifPresent(draft::user);
                Optional.ofNullable(first.details().get("owner"))
                        .ifPresent(owner -> draft.detail("owner", owner));
            }
            return draft.build();
        }
    }

    /**
     * How many refusals of a source get a record of their own.
     *
     * @param filled how much of its room the store takes, 0 to 1
     * @param reserveUsed whether the disk is full but for what is kept for other records
     */
    void adjust(double filled, boolean reserveUsed) {
        singles = reserveUsed ? 0 : filled > 0.75 ? 1 : filled > 0.5 ? SINGLES / 4 : SINGLES;
    }

    /** Whether a change is to be recorded; a refusal beyond the measure is counted instead. */
    boolean admits(Change change, Instant now, List<AuditDraft> summaries) {
        if (!isRefusal(change)) {
            return true;
        }
        return crowd(change).admits(change, now, singles, summaries);
    }

    /** Counts a refusal whose record could not be written, so that the sum still has it. */
    void unwritten(Change change, Instant now, List<AuditDraft> summaries) {
        if (isRefusal(change)) {
            crowd(change).count(change, now, summaries);
        }
    }

    /** Ends the windows whose minute is over, or all; what has to be put on record about them. */
    List<AuditDraft> ended(Instant now, boolean all) {
        List<AuditDraft> summaries = new ArrayList<>();
        for (Crowd crowd : List.of(strangers, atTheDoor, denied)) {
            crowd.end(now, all, summaries);
        }
        return summaries;
    }

    private Crowd crowd(Change change) {
        AuditDraft first = change.drafts().get(0);
        if (uid(first) < 0) {
            return strangers;
        }
        return AT_THE_DOOR.contains(first.type()) ? atTheDoor : denied;
    }

    private static boolean isRefusal(Change change) {
        if (!change.mutations().isEmpty() || change.drafts().isEmpty()) {
            return false;
        }
        for (AuditDraft draft : change.drafts()) {
            boolean refuses =
                    REFUSALS.contains(draft.type())
                            || (draft.type() == AuditType.POLICY_EVALUATION
                                    && !GIVING.contains(draft.outcome()));
            // A sum is one already, and would be counted as one.
            if (!refuses || draft.details().containsKey("count")) {
                return false;
            }
        }
        return true;
    }

    /** Of whom nobody knows who he is, the door may have said whose the connection was. */
    private static String source(AuditDraft draft) {
        long uid = uid(draft);
        String who = uid < 0 ? "stranger " + draft.details().get("owner") : Long.toString(uid);
        return who + " " + draft.ids().getOrDefault("session_type", "");
    }

    private static long uid(AuditDraft draft) {
        return draft.user().map(AuditDraft.UserInfo::uid).orElse(-1L);
    }
}
