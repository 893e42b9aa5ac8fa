package io.kepm.jobs;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code schedule}: exactly one kind of time, and what becomes of what was missed. */
final class ScheduleReader {

    private static final List<String> KINDS =
            List.of("intervalMinutes", "cron", "runAt", "calendar");
    private static final int LONGEST_INTERVAL = 366 * 24 * 60;

    private final Members members;

    private ScheduleReader(Members members) {
        this.members = members;
    }

    /** Empty after a fault. */
    static Optional<Schedule> read(Members members) {
        ScheduleReader reader = new ScheduleReader(members);
        Optional<Schedule> schedule = reader.schedule();
        members.end();
        return schedule;
    }

    private Optional<Schedule> schedule() {
        List<String> kinds = KINDS.stream().filter(members::has).toList();
        boolean runMissed =
                members.choice("misfire", "runOnce", List.of("runOnce", "skip")).equals("runOnce");
        boolean hasZone = members.has("timeZone");
        if (kinds.size() != 1) {
            members.faultHere("exactly one of " + String.join(", ", KINDS) + " is needed");
            // An author learns at once what is wrong with each of them.
            kinds.forEach(kind -> of(kind, runMissed));
            return Optional.empty();
        }
        String kind = kinds.get(0);
        if (hasZone && !kind.equals("cron")) {
            members.fault("timeZone", "for `cron`; a calendar has its own");
        }
        return of(kind, runMissed);
    }

    private Optional<Schedule> of(String kind, boolean runMissed) {
        return switch (kind) {
            case "intervalMinutes" -> interval(runMissed);
            case "cron" -> cron(runMissed);
            case "runAt" -> runAt(runMissed);
            default -> members.object("calendar").flatMap(one -> calendar(one, runMissed));
        };
    }

    private Optional<Schedule> interval(boolean runMissed) {
        int minutes = members.number("intervalMinutes", 0, 1, LONGEST_INTERVAL);
        return Optional.of(
                new Schedule(
                        "interval",
                        "every " + minutes + " min",
                        Optional.of(Duration.ofMinutes(Math.max(1, minutes))),
                        Optional.empty(),
                        runMissed));
    }

    private Optional<Schedule> cron(boolean runMissed) {
        String expression = members.text("cron", "", 200);
        Optional<ZoneId> zone = zone(members);
        if (zone.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    table(
                            "cron",
                            "cron " + expression + " (" + zone.get() + ")",
                            CronTimes.of(expression, zone.get()),
                            runMissed));
        } catch (IllegalArgumentException | DateTimeException e) {
            members.fault("cron", "no cron expression: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Schedule> runAt(boolean runMissed) {
        String text = members.text("runAt", "", 40);
        try {
            Instant when = Instant.parse(text);
            return Optional.of(
                    table(
                            "runAt",
                            "at " + when,
                            from -> when.isAfter(from) ? Optional.of(when) : Optional.empty(),
                            runMissed));
        } catch (DateTimeException e) {
            members.fault("runAt", "an instant such as 2027-01-31T22:00:00Z is needed");
            return Optional.empty();
        }
    }

    private Optional<Schedule> calendar(Members calendar, boolean runMissed) {
        int before = calendar.faults().size();
        List<String> days = calendar.texts("days", 40, 20);
        for (int i = 0; i < days.size(); i++) {
            if (!CalendarTimes.isDay(days.get(i))) {
                calendar.add(
                        calendar.pathOf("days") + "/" + i,
                        "daily, weekdays, weekend, a weekday, 1 to 31 or last is needed");
            }
        }
        List<LocalTime> times = new ArrayList<>();
        List<String> texts = calendar.texts("times", 48, 5);
        for (int i = 0; i < texts.size(); i++) {
            try {
                times.add(LocalTime.parse(texts.get(i)));
            } catch (DateTimeException e) {
                calendar.add(calendar.pathOf("times") + "/" + i, "a time such as 06:30 is needed");
            }
        }
        if (days.isEmpty() || times.isEmpty()) {
            calendar.faultHere("`days` and `times` are needed");
        }
        Set<LocalDate> exclude = new LinkedHashSet<>();
        List<String> dates = calendar.texts("exclude", 400, 10);
        for (int i = 0; i < dates.size(); i++) {
            try {
                exclude.add(LocalDate.parse(dates.get(i)));
            } catch (DateTimeException e) {
                calendar.add(
                        calendar.pathOf("exclude") + "/" + i,
                        "a date such as 2027-12-24 is needed");
            }
        }
        Optional<ZoneId> zone = zone(calendar);
        calendar.end();
        if (zone.isEmpty() || calendar.faults().size() > before) {
            return Optional.empty();
        }
        return Optional.of(
                table(
                        "calendar",
                        "calendar "
                                + String.join(",", days)
                                + " "
                                + String.join(",", texts)
                                + " ("
                                + zone.get()
                                + ")"
                                + (dates.isEmpty() ? "" : " not " + String.join(",", dates)),
                        new CalendarTimes(days, times, exclude).in(zone.get()),
                        runMissed));
    }

    private static Schedule table(String kind, String text, Timetable table, boolean runMissed) {
        return new Schedule(kind, text, Optional.empty(), Optional.of(table), runMissed);
    }

    /** Without a name it is that of the machine. */
    private static Optional<ZoneId> zone(Members members) {
        String name = members.text("timeZone", "", 100);
        if (name.isEmpty()) {
            return Optional.of(ZoneId.systemDefault());
        }
        try {
            return Optional.of(ZoneId.of(name));
        } catch (DateTimeException e) {
            members.fault("timeZone", "no time zone; such as Europe/Berlin or UTC");
            return Optional.empty();
        }
    }
}
