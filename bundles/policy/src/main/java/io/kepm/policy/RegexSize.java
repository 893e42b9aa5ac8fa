package io.kepm.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Compiles expressions whose cost is known beforehand. RE2 takes time in proportion to the length
 * of its program, and nested counts multiply that length: it is estimated before anything is built.
 */
final class RegexSize {

    private static final int MOST = 2_000;

    private RegexSize() {}

    /** Empty after the place was told why. */
    static Optional<Pattern> compile(String text, Place place) {
        if (Texts.length(text) > PatternText.MAX_LENGTH) {
            place.refuse("longer than " + PatternText.MAX_LENGTH + " characters");
            return Optional.empty();
        }
        if (estimate(text) > MOST) {
            place.refuse(
                    Place.quoted(text)
                            + ": too complex: its counts multiply to more than "
                            + MOST
                            + " steps");
            return Optional.empty();
        }
        try {
            return Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            place.refuse(Place.quoted(text) + ": no regular expression: " + e.getDescription());
            return Optional.empty();
        }
    }

    /** Steps of the program, never too few for an expression that compiles. */
    static long estimate(String text) {
        Deque<long[]> groups = new ArrayDeque<>();
        long total = 0;
        long last = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') {
                groups.push(new long[] {total, last});
                total = 0;
                last = 0;
            } else if (c == ')' && !groups.isEmpty()) {
                long inner = total + 2;
                total = groups.pop()[0] + inner;
                last = inner;
            } else if (c == '{') {
                long times = count(text, i);
                total += last * Math.max(0, times - 1);
                last *= Math.max(1, times);
            } else {
                if (c == '[') {
                    i = Math.max(i, text.indexOf(']', i + 2));
                } else if (c == '\\') {
                    i++;
                }
                total++;
                last = "*+?".indexOf(c) >= 0 ? last + 1 : 1;
            }
            if (total > Integer.MAX_VALUE) {
                return total;
            }
        }
        while (!groups.isEmpty()) {
            total += groups.pop()[0];
        }
        return total;
    }

    private static long count(String text, int open) {
        int close = text.indexOf('}', open);
        long most = 1;
        if (close > 0) {
            for (String number : text.substring(open + 1, close).split(",", -1)) {
                if (NameSyntax.isDigits(number)) {
                    most = Math.max(most, number.length() > 4 ? 10_000 : Long.parseLong(number));
                }
            }
        }
        return most;
    }
}
