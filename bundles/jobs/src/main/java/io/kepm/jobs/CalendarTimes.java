package io.kepm.jobs;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Times of days that are named by weekday or by number.
 *
 * @param days {@code daily}, {@code weekdays}, {@code weekend}, names of weekdays, {@code 1} to
 *     {@code 31}, {@code last}
 * @param times sorted
 * @param exclude days that are left out
 */
record CalendarTimes(List<String> days, List<LocalTime> times, Set<LocalDate> exclude) {

    private static final int FARTHEST_DAYS = 8 * 366;

    CalendarTimes {
        days = List.copyOf(days);
        times = List.copyOf(new TreeSet<>(times));
        exclude = Set.copyOf(exclude);
    }

    Timetable in(ZoneId zone) {
        return new WallTimes(zone, true, this::next);
    }

    /** Whether it is a word for days. */
    static boolean isDay(String word) {
        return List.of("daily", "weekdays", "weekend", "last").contains(word)
                || word.matches("[1-9]|[12]\\d|3[01]")
                || weekday(word).isPresent();
    }

    private static Optional<DayOfWeek> weekday(String word) {
        for (DayOfWeek day : DayOfWeek.values()) {
            String name = day.name();
            String wanted = word.toUpperCase(Locale.ROOT);
            if (wanted.equals(name) || wanted.equals(name.substring(0, 3))) {
                return Optional.of(day);
            }
        }
        return Optional.empty();
    }

    private Optional<LocalDateTime> next(LocalDateTime from) {
        LocalDate date = from.toLocalDate();
        for (int i = 0; i < FARTHEST_DAYS; i++, date = date.plusDays(1)) {
            if (isMeant(date)) {
                for (LocalTime time : times) {
                    LocalDateTime found = date.atTime(time);
                    if (found.isAfter(from)) {
                        return Optional.of(found);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private boolean isMeant(LocalDate date) {
        return !exclude.contains(date) && days.stream().anyMatch(word -> names(word, date));
    }

    private static boolean names(String word, LocalDate date) {
        DayOfWeek day = date.getDayOfWeek();
        return switch (word) {
            case "daily" -> true;
            case "weekdays" -> day.getValue() <= 5;
            case "weekend" -> day.getValue() > 5;
            case "last" -> date.getDayOfMonth() == date.lengthOfMonth();
            default ->
                    weekday(word)
                            .map(day::equals)
                            .orElse(String.valueOf(date.getDayOfMonth()).equals(word));
        };
    }
}
