package io.kepm.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When one job is due. Looked at again and again by one thread, while others may ask when it is due
 * next; knows what was looked at before, so that no time is taken twice, however the clock is set.
 */
final class Due {

    /** Set back by less, a time that was taken is not taken again; by more, times begin anew. */
    static final Duration FAR = Duration.ofHours(3);

    private static final int MOST_STEPS = 100;

    private final Schedule schedule;
    private volatile Instant from;
    private volatile long nextTick;
    private Optional<Instant> next = Optional.empty();
    private Optional<Instant> nextOf = Optional.empty();

    /**
     * @param from what is due up to here was taken
     */
    Due(Schedule schedule, Instant from, long bootMillis) {
        this.schedule = schedule;
        this.from = from;
        this.nextTick = bootMillis + schedule.interval().map(Duration::toMillis).orElse(0L);
    }

    /**
     * A time that has come.
     *
     * @param missed whether it is so late that it was missed
     */
    record Now(Instant when, boolean missed) {}

    Schedule schedule() {
        return schedule;
    }

    /** Up to where times were taken. */
    Instant from() {
        return from;
    }

    /** What is due now, once for however many times have come. */
    Optional<Now> look(Times times) {
        return schedule.interval().isPresent()
                ? tick(schedule.interval().get().toMillis(), times)
                : wall(times.now());
    }

    private Optional<Now> tick(long every, Times times) {
        long late = times.sinceBootMillis() - nextTick;
        if (late < 0) {
            return Optional.empty();
        }
        long tick = nextTick;
        nextTick = tick + (late / every + 1) * every;
        return Optional.of(new Now(times.now(), late > Schedule.LATE.toMillis()));
    }

    private Optional<Now> wall(Instant now) {
        Timetable table = schedule.table().orElseThrow();
        if (now.isBefore(from)) {
            if (Duration.between(now, from).compareTo(FAR) > 0) {
                from = now;
            }
            return Optional.empty();
        }
        Optional<Instant> first = first(table);
        if (first.isEmpty() || first.get().isAfter(now)) {
            return Optional.empty();
        }
        Instant last = first.get();
        for (int i = 0; i < MOST_STEPS; i++) {
            Optional<Instant> later = table.after(last);
            if (later.isEmpty() || later.get().isAfter(now)) {
                break;
            }
            last = later.get();
        }
        from = now;
        return Optional.of(new Now(last, Duration.between(last, now).compareTo(Schedule.LATE) > 0));
    }

    /** The first time that is not taken yet; looked for once, since that costs something. */
    private synchronized Optional<Instant> first(Timetable table) {
        if (!nextOf.equals(Optional.of(from))) {
            next = table.after(from);
            nextOf = Optional.of(from);
        }
        return next;
    }

    /** When it is due next, for people. */
    Optional<Instant> next(Times times) {
        return schedule.interval().isPresent()
                ? Optional.of(times.now().plusMillis(nextTick - times.sinceBootMillis()))
                : schedule.table().flatMap(this::first);
    }
}
