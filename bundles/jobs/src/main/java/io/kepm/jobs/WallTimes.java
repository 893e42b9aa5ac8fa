package io.kepm.jobs;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns times without a zone into instants, over the days on which clocks are set.
 *
 * <p>A <i>fixed</i> time (such as 02:30) comes once a day: if the hour is left out, when the clock
 * goes on; if it comes twice, the first time. Others (such as every 15 minutes) go on evenly: what
 * is left out does not come, and what comes twice comes twice.
 */
final class WallTimes implements Timetable {

    private static final int MOST_STEPS = 1000;
    private static final long SLACK_HOURS = 26;

    private final ZoneRules rules;
    private final boolean fixed;
    private final Function<LocalDateTime, Optional<LocalDateTime>> next;

    /**
     * @param next the first time after another, by the calendar alone
     */
    WallTimes(ZoneId zone, boolean fixed, Function<LocalDateTime, Optional<LocalDateTime>> next) {
        this.rules = zone.getRules();
        this.fixed = fixed;
        this.next = next;
    }

    @Override
    public Optional<Instant> after(Instant instant) {
        return fixed ? fixedAfter(instant) : evenAfter(instant);
    }

    private Optional<Instant> fixedAfter(Instant instant) {
        ZoneOffsetTransition ahead = rules.nextTransition(instant.minusSeconds(SLACK_HOURS * 3600));
        boolean quiet =
                ahead == null
                        || ahead.getInstant().isAfter(instant.plusSeconds(SLACK_HOURS * 3600));
        LocalDateTime local = LocalDateTime.ofInstant(instant, rules.getOffset(instant));
        // Near a change of the clock a time that lies behind on the clock may still come.
        LocalDateTime from = quiet ? local : local.minusHours(3);
        for (int i = 0; i < MOST_STEPS; i++) {
            Optional<LocalDateTime> found = next.apply(from);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Instant when = when(found.get());
            if (when.isAfter(instant)) {
                return Optional.of(when);
            }
            from = found.get();
        }
        return Optional.empty();
    }

    private Instant when(LocalDateTime local) {
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        return offsets.isEmpty()
                ? rules.getTransition(local).getInstant()
                : local.toInstant(offsets.get(0));
    }

    private Optional<Instant> evenAfter(Instant instant) {
        Instant from = instant;
        for (int i = 0; i < MOST_STEPS; i++) {
            ZoneOffset offset = rules.getOffset(from);
            ZoneOffsetTransition end = rules.nextTransition(from);
            Optional<LocalDateTime> found = next.apply(LocalDateTime.ofInstant(from, offset));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Instant when = found.get().toInstant(offset);
            if (end == null || when.isBefore(end.getInstant())) {
                return Optional.of(when);
            }
            // Just before the clock is set, so that the first time after it is found.
            Instant change = end.getInstant();
            LocalDateTime first = LocalDateTime.ofInstant(change, end.getOffsetAfter());
            Optional<LocalDateTime> there = next.apply(first.minusNanos(1));
            if (there.filter(first::equals).isPresent()) {
                return Optional.of(change);
            }
            from = change;
        }
        return Optional.empty();
    }
}
