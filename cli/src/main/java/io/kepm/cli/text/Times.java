package io.kepm.cli.text;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Times as people of this machine write and read them. Not for use by two threads. */
public final class Times {

    private final InstantSource clock;
    private Optional<ZoneId> zone;

    public Times(InstantSource clock, ZoneId zone) {
        this.clock = clock;
        this.zone = Optional.of(zone);
    }

    /** The zone of this machine; its rules are loaded when a time is shown. */
    public Times(InstantSource clock) {
        this.clock = clock;
        this.zone = Optional.empty();
    }

    /** {@code 2026-11-25 10:15:03}; what is no time stays as it is. */
    public String local(String instant) {
        try {
            ZonedDateTime time = Instant.parse(instant).atZone(zone());
            return date(time) + " " + clock(time);
        } catch (DateTimeException e) {
            return instant;
        }
    }

    /** The shortest form that is clear today: the time, or month and day, or the date. */
    public String brief(String instant) {
        try {
            ZonedDateTime time = Instant.parse(instant).atZone(zone());
            ZonedDateTime now = clock.instant().atZone(zone());
            if (time.toLocalDate().equals(now.toLocalDate())) {
                return clock(time);
            }
            return time.getYear() == now.getYear()
                    ? date(time).substring(5) + " " + clock(time).substring(0, 5)
                    : date(time);
        } catch (DateTimeException e) {
            return instant;
        }
    }

    /** With milliseconds and zone. */
    public String exact(String instant) {
        try {
            ZonedDateTime time = Instant.parse(instant).atZone(zone());
            String millis = String.valueOf(1000 + time.getNano() / 1_000_000).substring(1);
            return date(time) + " " + clock(time) + "." + millis + " " + time.getOffset();
        } catch (DateTimeException e) {
            return instant;
        }
    }

    /** How long until then: {@code 59 min}, {@code 2 h 05 min}; negative is {@code 0 s}. */
    public String left(String instant) {
        try {
            return span(Duration.between(clock.instant(), Instant.parse(instant)));
        } catch (DateTimeException e) {
            return "";
        }
    }

    static String span(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        long hours = seconds / 3600;
        return hours < 48
                ? hours + " h " + two((int) (seconds % 3600 / 60)) + " min"
                : hours / 24 + " d " + hours % 24 + " h";
    }

    /**
     * A time that a person typed: an instant, {@code 2026-11-25}, {@code 2026-11-25T10:15}, {@code
     * today}, {@code yesterday}, or a time ago such as {@code 30m}, {@code 2h}, {@code 7d}.
     *
     * @throws DateTimeException when it is none of them
     */
    public Instant parse(String text) {
        String word = text.strip();
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone());
        if (word.equals("today")) {
            return today.atStartOfDay(zone()).toInstant();
        }
        if (word.equals("yesterday")) {
            return today.minusDays(1).atStartOfDay(zone()).toInstant();
        }
        if (word.matches("[0-9]{1,6}[smhdw]")) {
            return clock.instant().minus(ago(word));
        }
        if (word.length() == 10) {
            return LocalDate.parse(word).atStartOfDay(zone()).toInstant();
        }
        String iso = word.replace(' ', 'T');
        return iso.matches(".*T.*([Zz]|[+-][0-9:]+)$")
                ? OffsetDateTime.parse(iso).toInstant()
                : LocalDateTime.parse(iso).atZone(zone()).toInstant();
    }

    /** Whether a moment is not longer ago than that; false for what is none. */
    public boolean isWithin(Duration last, String instant) {
        try {
            return Instant.parse(instant).isAfter(clock.instant().minus(last));
        } catch (DateTimeException e) {
            return false;
        }
    }

    public Instant now() {
        return clock.instant();
    }

    /** The zone of this machine. */
    public ZoneId zone() {
        if (zone.isEmpty()) {
            zone = Optional.of(ZoneId.systemDefault());
        }
        return zone.get();
    }

    private static Duration ago(String word) {
        long number = Long.parseLong(word.substring(0, word.length() - 1));
        return switch (word.charAt(word.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            case 'd' -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }

    private static String date(ZonedDateTime time) {
        return time.getYear() + "-" + two(time.getMonthValue()) + "-" + two(time.getDayOfMonth());
    }

    private static String clock(ZonedDateTime time) {
        return two(time.getHour()) + ":" + two(time.getMinute()) + ":" + two(time.getSecond());
    }

    private static String two(int number) {
        return number < 10 ? "0" + number : String.valueOf(number);
    }
}
