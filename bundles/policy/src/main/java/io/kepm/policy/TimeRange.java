package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code TimeCheck}, in seconds of the day: the start is in it, the end is not. A
 * start behind the end means that it goes on past midnight.
 */
record TimeRange(String text, int start, int end) {

    private static final int DAY = 24 * 60 * 60;
    private static final Pattern FORM = Pattern.compile("(\\d{1,2})(?::(\\d{2})(?::(\\d{2}))?)?");

    static Optional<TimeRange> parse(JsonNode node, Place place) {
        Optional<Members> members = Members.of(node, place);
        if (members.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt start = second(members.get(), "StartTime");
        OptionalInt end = second(members.get(), "EndTime");
        members.get().refuseOthers();
        if (start.isEmpty() || end.isEmpty()) {
            return Optional.empty();
        }
        if (start.getAsInt() == end.getAsInt()) {
            place.refuse("StartTime and EndTime are equal: leave the filter out for a whole day");
            return Optional.empty();
        }
        String text =
                members.get().text("StartTime").orElse("")
                        + " to "
                        + members.get().text("EndTime").orElse("");
        int until = end.getAsInt() == 0 ? DAY : end.getAsInt();
        return Optional.of(new TimeRange(text, start.getAsInt(), until));
    }

    private static OptionalInt second(Members members, String name) {
        String text = members.requiredText(name);
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            int hour = Integer.parseInt(form.group(1));
            int minute = form.group(2) == null ? 0 : Integer.parseInt(form.group(2));
            int second = form.group(3) == null ? 0 : Integer.parseInt(form.group(3));
            if (hour < 24 && minute < 60 && second < 60) {
                return OptionalInt.of((hour * 60 + minute) * 60 + second);
            }
        }
        if (members.any(name).filter(JsonNode::isTextual).isPresent()) {
            members.place(name)
                    .refuse(Place.quoted(text) + ": an hour from 0 to 23, or HH:MM[:SS]");
        }
        return OptionalInt.empty();
    }

    boolean crossesMidnight() {
        return start > end;
    }

    boolean contains(Facts facts) {
        int now = facts.at().toLocalTime().toSecondOfDay();
        return crossesMidnight() ? now >= start || now < end : now >= start && now < end;
    }
}
