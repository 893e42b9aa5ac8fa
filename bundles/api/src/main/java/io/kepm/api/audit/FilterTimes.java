package io.kepm.api.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * What a filter can say of {@code event_time}: an instant, a day, or a word for some days. Each is
 * a span of time; an instant is a millisecond, the grain of records.
 */
final class FilterTimes {

    static final String FORMS =
            "2026-11-25, 2026-11-25T10:15, 2026-11-25T10:15:00Z, today, yesterday, last_7_days,"
                    + " last_30_days, month_to_date, last_month, year_to_date or last_year";

    private static final int LONGEST = 40;

    private FilterTimes() {}

    /** From the first instant on until just before the other one. */
    record Span(Instant from, Instant until) {
        boolean holds(Instant time) {
            return !time.isBefore(from) && time.isBefore(until);
        }
    }

    static boolean isTime(String text) {
        try {
            of(text, Instant.EPOCH, ZoneOffset.UTC);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /**
     * The span that a text means. {@code last_7_days} are the seven days before today and today.
     *
     * @throws DateTimeException when it means none
     */
    static Span of(String text, Instant now, ZoneId zone) {
        LocalDate today = LocalDate.ofInstant(now, zone);
        LocalDate month = today.withDayOfMonth(1);
        LocalDate year = today.withDayOfYear(1);
        LocalDate tomorrow = today.plusDays(1);
        return switch (text) {
            case "today" -> days(today, tomorrow, zone);
            case "yesterday" -> days(today.minusDays(1), today, zone);
            case "last_7_days" -> days(today.minusDays(7), tomorrow, zone);
            case "last_30_days" -> days(today.minusDays(30), tomorrow, zone);
            case "month_to_date" -> days(month, tomorrow, zone);
            case "last_month" -> days(month.minusMonths(1), month, zone);
            case "year_to_date" -> days(year, tomorrow, zone);
            case "last_year" -> days(year.minusYears(1), year, zone);
            default -> written(text, zone);
        };
    }

    private static Span days(LocalDate first, LocalDate end, ZoneId zone) {
        return new Span(first.atStartOfDay(zone).toInstant(), end.atStartOfDay(zone).toInstant());
    }

    private static Span written(String text, ZoneId zone) {
        // Years of more than four digits, which have a sign, are beyond what the store can hold.
        if (text.length() > LONGEST || text.startsWith("+") || text.startsWith("-")) {
            throw new DateTimeException("no time");
        }
        if (text.length() == 10) {
            LocalDate day = LocalDate.parse(text);
            return days(day, day.plusDays(1), zone);
        }
        Instant instant =
                hasOffset(text)
                        ? OffsetDateTime.parse(text).toInstant()
                        : LocalDateTime.parse(text).atZone(zone).toInstant();
        Instant start = instant.truncatedTo(ChronoUnit.MILLIS);
        return new Span(start, start.plusMillis(1));
    }

    private static boolean hasOffset(String text) {
        int time = text.indexOf('T');
        String clock = time < 0 ? "" : text.substring(time);
        return clock.endsWith("Z") || clock.indexOf('+') >= 0 || clock.indexOf('-') >= 0;
    }
}
