package io.kepm.https;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Commands that were asked for ahead while something was missing that their policies want to know
 * first. They are in memory only: nothing waits for anybody yet. INVARIANT: no code and no password
 * is kept; it is looked at when it comes. Safe for use by many threads. Bounded: a few of one user,
 * of which a further one takes the place of the oldest.
 */
final class HeldRequests {

    static final Duration LIFE = Duration.ofMinutes(5);
    static final int MOST_OF_ONE = 5;
    private static final int MOST = 1000;

    private final InstantSource clock;
    private final Map<String, Held> held = new HashMap<>();

    HeldRequests(InstantSource clock) {
        this.clock = clock;
    }

    /** What somebody has to say, and the last segment of the route that takes it. */
    enum Step {
        JUSTIFICATION,
        ACKNOWLEDGE,
        /** Last: a code counts once, so everything else has to be there. */
        MFA;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One of them. */
    record Held(
            String id,
            long uid,
            Wanted wanted,
            Set<Step> missing,
            Optional<String> reason,
            boolean confirmed,
            Instant until) {
        Held {
            missing = Set.copyOf(missing);
        }

        Held told(String why) {
            return new Held(
                    id,
                    uid,
                    wanted,
                    without(Step.JUSTIFICATION),
                    Optional.of(why),
                    confirmed,
                    until);
        }

        Held acknowledged() {
            return new Held(id, uid, wanted, without(Step.ACKNOWLEDGE), reason, true, until);
        }

        /** The same, with other things missing. */
        Held lacking(Set<Step> steps) {
            return new Held(
                    id,
                    uid,
                    wanted,
                    steps,
                    steps.contains(Step.JUSTIFICATION) ? Optional.empty() : reason,
                    confirmed && !steps.contains(Step.ACKNOWLEDGE),
                    until);
        }

        private Set<Step> without(Step step) {
            Set<Step> left = EnumSet.noneOf(Step.class);
            left.addAll(missing);
            left.remove(step);
            return left;
        }
    }

    /** Holds a new one; empty when others' are too many. */
    synchronized Optional<Held> keep(
            long uid,
            Wanted wanted,
            Set<Step> missing,
            Optional<String> reason,
            boolean confirmed) {
        Instant now = forget();
        if (held.values().stream().filter(one -> one.uid() == uid).count() >= MOST_OF_ONE) {
            held.values().stream()
                    .filter(one -> one.uid() == uid)
                    .min(Comparator.comparing(Held::until))
                    .ifPresent(oldest -> held.remove(oldest.id()));
        }
        if (held.size() >= MOST) {
            return Optional.empty();
        }
        Held one =
                new Held(
                        UUID.randomUUID().toString(),
                        uid,
                        wanted,
                        missing,
                        reason,
                        confirmed,
                        now.plus(LIFE));
        held.put(one.id(), one);
        return Optional.of(one);
    }

    synchronized Optional<Held> find(String id, long uid) {
        forget();
        return Optional.ofNullable(held.get(id)).filter(one -> one.uid() == uid);
    }

    /** The same one, further on; nothing when it is over meanwhile. */
    synchronized void put(Held one) {
        held.replace(one.id(), one);
    }

    synchronized void drop(Held one) {
        held.remove(one.id());
    }

    /** A clock that was set back ends them as well. */
    private Instant forget() {
        Instant now = clock.instant();
        held.values()
                .removeIf(one -> !now.isBefore(one.until()) || one.until().isAfter(now.plus(LIFE)));
        return now;
    }
}
