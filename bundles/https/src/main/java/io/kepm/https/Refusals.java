package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts refused calls on record. Of one source, the first twenty of a minute are recorded one by one
 * and the rest as one line with a count, so that refusals can't drown the audit. Safe for use by
 * many threads.
 */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int SINGLE = 20;
    private static final int MAX_SOURCES = 1024;

    /** The one window of everybody new beyond that bound. */
    private static final String OTHERS = "others";

    private static final String PACE = "pace ";

    private static final int MAX_TEXT = 200;

    private final AuditLog audit;
    private final People people;
    private final InstantSource clock;
    private final Map<String, Window> windows = new HashMap<>();

    Refusals(AuditLog audit, People people, InstantSource clock) {
        this.audit = audit;
        this.people = people;
        this.clock = clock;
    }

    /**
     * A call as it came, before anything about it is believed.
     *
     * @param owner whose the connection is, by sock_diag over TCP: a word for the record, no proof
     */
    record Attempt(Caller caller, Door door, String method, String path, long owner) {
        /** Whoever has proved nothing is told from others by that. */
        private boolean isStranger() {
            return caller.uid() < 0;
        }
    }

    void record(Attempt attempt, Answer answer) {
        if (counted(source(attempt), attempt, SINGLE)) {
            append(
                    draft(attempt, answer.note())
                            .detail("method", shown(attempt.method()))
                            .detail("route", shown(attempt.path()))
                            .detail("status", Integer.toString(answer.status()))
                            .build());
        }
    }

    /** Only counts a call beyond a user's pace: a minute of them is one line. */
    void count(Attempt attempt) {
        counted(PACE + source(attempt), attempt, 0);
    }

    /** Closes windows whose minute is over; to be called now and then. */
    void sweep() {
        Map<String, Window> over = new HashMap<>();
        Instant now = clock.instant();
        synchronized (windows) {
            windows.forEach(
                    (source, window) -> {
                        if (window.isOver(now)) {
                            over.put(source, window);
                        }
                    });
            windows.keySet().removeAll(over.keySet());
        }
        over.values().forEach(this::summarise);
    }

    /** Counts it in its window; true while it is recorded by itself. */
    private boolean counted(String wanted, Attempt attempt, int singles) {
        Instant now = clock.instant();
        Optional<Window> ended = Optional.empty();
        boolean single;
        synchronized (windows) {
            String source = wanted;
            if (!windows.containsKey(source) && windows.size() >= MAX_SOURCES) {
                source = OTHERS;
            }
            Window window = windows.get(source);
            if (window == null || window.isOver(now)) {
                ended = Optional.ofNullable(window);
                window = new Window(attempt, singles, now);
                windows.put(source, window);
            }
            window.count++;
            single = window.count <= window.singles;
        }
        ended.ifPresent(this::summarise);
        return single;
    }

    private void summarise(Window window) {
        if (window.count > window.singles) {
            append(
                    draft(
                                    window.first,
                                    window.singles == 0
                                            ? "calls beyond the bound of a minute"
                                            : "more refused calls of this source within a minute")
                            .detail("count", Integer.toString(window.count - window.singles))
                            .detail("since", window.start.toString())
                            .build());
        }
    }

    private AuditDraft.Builder draft(Attempt attempt, String reason) {
        AuditDraft.Builder draft =
                AuditDraft.of(
                                attempt.caller().isForeign()
                                        ? AuditType.PROCESS_AUTHENTICATION_FAILED
                                        : AuditType.AUTHORIZATION_FAILED,
                                "REFUSED")
                        .sessionType("api")
                        .user(people.info(attempt.caller()))
                        .reason(reason)
                        .detail("door", attempt.door().word());
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

    /** Refusals of one source within one minute; guarded by the map. */
    private static final class Window {
        private final Attempt first;
        private final int singles;
        private final Instant start;
        private int count;

        Window(Attempt first, int singles, Instant start) {
            this.first = first;
            this.singles = singles;
            this.start = start;
        }

        boolean isOver(Instant now) {
            return !now.isBefore(start.plus(WINDOW));
        }
    }
}
