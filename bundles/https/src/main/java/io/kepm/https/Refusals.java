package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts refused calls on record. Of one source, the first twenty of a minute are recorded one by one
 * and the rest as one line with a count, so that refusals can't drown the audit. Safe for use by
 * many threads.
 */
final class Refusals implements MinuteSums {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int SINGLE = 20;
    private static final int MOST_USERS = 1024;

    /** One account has as many subordinate ones as it likes to knock with. */
    static final int MOST_STRANGERS = 64;

    /** The one window of everybody new beyond that bound. */
    private static final String OTHERS = "others";

    private static final int MAX_TEXT = 200;

    private final AuditLog audit;
    private final People people;
    private final InstantSource clock;
    private final Crowd users = new Crowd(MOST_USERS, SINGLE);
    private final Crowd administrators = new Crowd(MOST_USERS, SINGLE);
    private final Crowd strangers = new Crowd(MOST_STRANGERS, SINGLE);
    private final Crowd hastyUsers = new Crowd(MOST_USERS, 0);
    private final Crowd hastyStrangers = new Crowd(MOST_STRANGERS, 0);

    /** Then nobody waits for the name service. */
    private volatile boolean ending;

    Refusals(AuditLog audit, People people, InstantSource clock) {
        this.audit = audit;
        this.people = people;
        this.clock = clock;
    }

    /**
     * A call as it came, before anything about it is believed.
     *
     * @param owner whose the connection is, by sock_diag over TCP: a word for the record, no proof
     * @param mayCall whether it is an administrator's, and ended for what was sent or for want of
     *     room
     */
    record Attempt(
            Caller caller, Door door, String method, String path, long owner, boolean mayCall) {

        Attempt(Caller caller, Door door, String method, String path, long owner) {
            this(caller, door, method, path, owner, false);
        }

        Attempt ofAdministrator() {
            return new Attempt(caller, door, method, path, owner, true);
        }

        /** Whoever has proved nothing is told from others by that. */
        private boolean isStranger() {
            return caller.uid() < 0;
        }
    }

    void record(Attempt attempt, Answer answer) {
        Crowd unknown = attempt.isStranger() ? strangers : users;
        if (counted(attempt.mayCall() ? administrators : unknown, attempt)) {
            append(
                    named(attempt, answer.note())
                            .detail("method", shown(attempt.method()))
                            .detail("route", shown(attempt.path()))
                            .detail("status", Integer.toString(answer.status()))
                            .build());
        }
    }

    /** Only counts a call beyond a user's pace: a minute of them is one line. */
    void count(Attempt attempt) {
        counted(attempt.isStranger() ? hastyStrangers : hastyUsers, attempt);
    }

    @Override
    public void sweep() {
        Instant now = clock.instant();
        close(window -> window.isOver(now));
    }

    @Override
    public void end() {
        ending = true;
        close(window -> true);
    }

    private void close(Predicate<Window> which) {
        for (Crowd crowd : List.of(users, administrators, strangers, hastyUsers, hastyStrangers)) {
            crowd.ended(which).forEach(this::summarise);
        }
    }

    /** Counts it in its window; true while it is recorded by itself. */
    private boolean counted(Crowd crowd, Attempt attempt) {
        List<Window> ended = new ArrayList<>();
        boolean single = crowd.counted(attempt, clock.instant(), ended);
        ended.forEach(this::summarise);
        return single;
    }

    private void summarise(Window window) {
        if (window.count <= window.singles) {
            return;
        }
        String whose = window.isOfMany ? "of other sources" : "of this source";
        String reason =
                window.singles == 0
                        ? "calls " + whose + " beyond the bound of a minute"
                        : "more refused calls " + whose + " within a minute";
        append(
                // Nobody answers for all the others.
                (window.isOfMany ? draft(window.first, reason) : named(window.first, reason))
                        .detail("count", Integer.toString(window.count - window.singles))
                        .detail("since", window.start.toString())
                        .build());
    }

    private static AuditDraft.Builder draft(Attempt attempt, String reason) {
        AuditDraft.Builder draft =
                attempt.mayCall()
                        ? AuditDraft.of(AuditType.ADMIN_ACTION, "FAILED")
                        : AuditDraft.of(
                                attempt.caller().isForeign()
                                        ? AuditType.PROCESS_AUTHENTICATION_FAILED
                                        : AuditType.AUTHORIZATION_FAILED,
                                "REFUSED");
        return draft.sessionType("api").reason(reason);
    }

    private AuditDraft.Builder named(Attempt attempt, String reason) {
        Caller caller = attempt.caller();
        AuditDraft.UserInfo who = ending ? caller.info() : people.info(caller);
        AuditDraft.Builder draft = draft(attempt, reason).detail("door", attempt.door().word());
        if (attempt.mayCall()) {
            draft.admin(who);
            if (!caller.via().isEmpty()) {
                draft.detail("via", caller.via());
            }
        } else {
            draft.user(who);
        }
        return attempt.isStranger() && attempt.owner() >= 0
                ? draft.detail("owner", Long.toString(attempt.owner()))
                : draft;
    }

    private void append(AuditDraft draft) {
        try {
            audit.append(draft);
        } catch (StorageException e) {
            // The call stays refused; that the audit is down is shown by its own health check.
            LOG.warn("a refused call could not be put on record: {}", e.getMessage());
        }
    }

    private static String source(Attempt attempt) {
        return attempt.isStranger()
                ? attempt.door().name() + " " + attempt.owner()
                : Long.toString(attempt.caller().uid());
    }

    private static String shown(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    }

    /** Sources that may use up each other's room, and nobody else's. */
    private static final class Crowd {
        private final int most;
        private final int singles;
        private final Map<String, Window> windows = new HashMap<>();

        Crowd(int most, int singles) {
            this.most = most;
            this.singles = singles;
        }

        synchronized boolean counted(Attempt attempt, Instant now, List<Window> ended) {
            String source = source(attempt);
            if (!windows.containsKey(source) && windows.size() >= most) {
                source = OTHERS;
            }
            Window window = windows.get(source);
            if (window == null || window.isOver(now)) {
                if (window != null) {
                    ended.add(window);
                }
                window = new Window(attempt, singles, now, source.equals(OTHERS));
                windows.put(source, window);
            }
            window.count++;
            return window.count <= singles;
        }

        synchronized List<Window> ended(Predicate<Window> which) {
            List<Window> over = windows.values().stream().filter(which).toList();
            windows.values().removeAll(over);
            return over;
        }
    }

    /** Refusals of one source within one minute; guarded by its crowd, and nobody's afterwards. */
    private static final class Window {
        private final Attempt first;
        private final int singles;
        private final Instant start;
        private final boolean isOfMany;
        private int count;

        Window(Attempt first, int singles, Instant start, boolean isOfMany) {
            this.first = first;
            this.singles = singles;
            this.start = start;
            this.isOfMany = isOfMany;
        }

        boolean isOver(Instant now) {
            // A clock that was set back ends it as well.
            return !now.isBefore(start.plus(WINDOW)) || now.isBefore(start);
        }
    }
}
