package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** One entry of {@code DateCheck}: days from one to another, both included, one of them open. */
record DateRange(Optional<Day> start, Optional<Day> end) {

    /** A day as it was written, or the moment that falls on it by the machine's own clock. */
    record Day(Optional<LocalDate> date, Instant moment) {
        LocalDate in(ZoneId zone) {
            return date.orElseGet(() -> LocalDate.ofInstant(moment, zone));
        }
    }

    static Optional<DateRange> parse(JsonNode node, Place place) {
        Optional<Members> members = Members.of(node, place);
        if (members.isEmpty()) {
            return Optional.empty();
        }
        Optional<Day> start = day(members.get(), "StartDate");
        Optional<Day> end = day(members.get(), "EndDate");
        members.get().refuseOthers();
        if (start.isEmpty() && end.isEmpty()) {
            if (isOpen(members.get(), "StartDate") && isOpen(members.get(), "EndDate")) {
                place.refuse("neither StartDate nor EndDate");
            }
            return Optional.empty();
        }
        if (start.isPresent()
                && end.isPresent()
                && start.get().in(ZoneOffset.UTC).isAfter(end.get().in(ZoneOffset.UTC))) {
            place.refuse("StartDate after EndDate");
            return Optional.empty();
        }
        return Optional.of(new DateRange(start, end));
    }

    private static boolean isOpen(Members members, String name) {
        return members.any(name).filter(v -> !v.isNull()).isEmpty();
    }

    private static Optional<Day> day(Members members, String name) {
        Optional<JsonNode> value = members.any(name).filter(v -> !v.isNull());
        if (value.isEmpty()) {
            return Optional.empty();
        }
        JsonNode node = value.get();
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return Optional.of(new Day(Optional.empty(), Instant.ofEpochMilli(node.longValue())));
        }
        try {
            if (node.isTextual() && node.textValue().matches("\\d{4}-\\d{2}-\\d{2}")) {
                LocalDate date = LocalDate.parse(node.textValue());
                return Optional.of(
                        new Day(Optional.of(date), date.atStartOfDay(ZoneOffset.UTC).toInstant()));
            }
        } catch (DateTimeParseException e) {
            // Refused below, like every other text that is no day.
        }
        members.place(name).refuse("YYYY-MM-DD or milliseconds since 1970 are expected");
        return Optional.empty();
    }

    boolean contains(Facts facts) {
        ZoneId zone = facts.at().getZone();
        LocalDate today = facts.date();
        return start.filter(s -> s.in(zone).isAfter(today)).isEmpty()
                && end.filter(e -> e.in(zone).isBefore(today)).isEmpty();
    }

    /** For people. */
    String text() {
        return start.map(d -> d.in(ZoneOffset.UTC).toString()).orElse("…")
                + " to "
                + end.map(d -> d.in(ZoneOffset.UTC).toString()).orElse("…");
    }
}
