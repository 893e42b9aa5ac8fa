package io.kepm.api.audit;

import java.util.List;
import java.util.Locale;

/**
 * One condition of an {@link AuditFilter}.
 *
 * @param field its name in the record, members of members after a dot: {@code user_info.name}
 * @param values one; for {@code IN} at least one; for {@code BETWEEN} the two ends, both included
 */
public record FilterTerm(String field, Operator operator, List<Word> values) {

    /** How a field is compared. */
    public enum Operator {
        EQUAL("="),
        /** The opposite of {@link #EQUAL}; so it holds where the field is missing, too. */
        DIFFERENT("!="),
        IN("IN"),
        BETWEEN("BETWEEN"),
        AT_LEAST(">="),
        AT_MOST("<="),
        ABOVE(">"),
        BELOW("<");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    /**
     * One value as it is written: bare, or between quotation marks.
     *
     * @param text without the marks
     */
    public record Word(String text, boolean quoted) {
        public Word {
            if (!quoted && (text.isEmpty() || !text.chars().allMatch(Word::isBare))) {
                throw new IllegalArgumentException("this has to be quoted: `" + text + "`");
            }
        }

        /** The word as short as it can be written. */
        public static Word of(String text) {
            boolean bare = !text.isEmpty() && text.chars().allMatch(Word::isBare);
            return new Word(text, !bare);
        }

        static boolean isBare(int c) {
            return c > ' ' && c != 0x7f && "\"(),=<>!".indexOf(c) < 0;
        }

        @Override
        public String toString() {
            return quoted ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"' : text;
        }
    }

    public FilterTerm {
        values = List.copyOf(values);
        int most = operator == Operator.IN ? AuditFilter.MOST_VALUES : 1;
        boolean counted =
                operator == Operator.BETWEEN
                        ? values.size() == 2
                        : !values.isEmpty() && values.size() <= most;
        if (!counted) {
            throw new IllegalArgumentException(
                    operator.name().toLowerCase(Locale.ROOT)
                            + " with "
                            + values.size()
                            + " values");
        }
    }

    /** The condition as it is written. */
    @Override
    public String toString() {
        String sign = field + " " + operator.sign() + " ";
        return switch (operator) {
            case IN -> sign + "(" + joined(", ") + ")";
            case BETWEEN -> sign + joined(" AND ");
            default -> sign + values.get(0);
        };
    }

    private String joined(String separator) {
        StringBuilder out = new StringBuilder();
        for (Word value : values) {
            out.append(out.length() == 0 ? "" : separator).append(value);
        }
        return out.toString();
    }
}
