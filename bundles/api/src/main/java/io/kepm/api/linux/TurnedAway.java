package io.kepm.api.linux;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Connections that a door did not let in, counted by user and minute, so that a minute of a user is
 * one record however many there were. Counting never waits: a thread that accepts may do it. Safe
 * for use by many threads.
 */
public final class TurnedAway {

    /** Users who have a minute of their own; that of all others is one. */
    public static final int MOST = 64;

    private static final Duration LENGTH = Duration.ofMinutes(1);

    private final InstantSource clock;

    // Guarded by this.
    private final Map<User, Count> counts = new HashMap<>();
    private Optional<Count> others = Optional.empty();

    public TurnedAway(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Whose connections they were.
     *
     * @param uid -1 where that can't be told, for all of them together
     * @param proved whether it is the word of the socket itself, and no look-up (sock_diag) that
     *     proves nothing
     */
    public record User(long uid, boolean proved) {}

    /**
     * What there is to say of a minute.
     *
     * @param user empty for all who had no minute of their own
     * @param doors where they came
     * @param reasons why they were not let in
     */
    public record Minute(
            Optional<User> user,
            Instant since,
            long count,
            Set<String> doors,
            Set<String> reasons) {
        public Minute {
            doors = Set.copyOf(doors);
            reasons = Set.copyOf(reasons);
        }
    }

    /**
     * Counts one.
     *
     * @param door one of few words
     * @param reason one of few words
     */
    public synchronized void count(User user, String door, String reason) {
        Count known = counts.get(user);
        if (known == null && counts.size() < MOST) {
            known = new Count(clock.instant());
            counts.put(user, known);
        }
        if (known == null) {
            known = others.orElseGet(() -> new Count(clock.instant()));
            others = Optional.of(known);
        }
        known.add(door, reason);
    }

    /** What is to be put on record now: the minutes that are over. They begin anew. */
    public List<Minute> ended() {
        Instant now = clock.instant();
        return taken(count -> count.isOver(now));
    }

    /** All that was counted, at the end. */
    public List<Minute> rest() {
        return taken(count -> true);
    }

    private synchronized List<Minute> taken(Predicate<Count> which) {
        List<Minute> minutes = new ArrayList<>();
        counts.forEach(
                (user, count) -> {
                    if (which.test(count)) {
                        minutes.add(count.minute(Optional.of(user)));
                    }
                });
        counts.values().removeIf(which);
        others.filter(which).ifPresent(count -> minutes.add(count.minute(Optional.empty())));
        others = others.filter(which.negate());
        return minutes;
    }

    /** Of one user since the first; guarded by whom it is part of. */
    private static final class Count {
        private final Instant since;
        private final Set<String> doors = new TreeSet<>();
        private final Set<String> reasons = new TreeSet<>();
        private long count;

        Count(Instant since) {
            this.since = since;
        }

        void add(String door, String reason) {
            count++;
            doors.add(door);
            reasons.add(reason);
        }

        /** A clock that was set back ends it as well. */
        boolean isOver(Instant now) {
            return !now.isBefore(since.plus(LENGTH)) || now.isBefore(since);
        }

        Minute minute(Optional<User> user) {
            return new Minute(user, since, count, doors, reasons);
        }
    }
}
