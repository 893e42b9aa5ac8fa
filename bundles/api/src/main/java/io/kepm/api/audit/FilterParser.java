package io.kepm.api.audit;

import io.kepm.api.audit.FilterTerm.Operator;
import io.kepm.api.audit.FilterTerm.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one filter from left to right, looking at each character once. For one use. */
final class FilterParser {

    /** In the order in which they are tried: the longer ones first. */
    private static final List<Operator> SIGNS =
            List.of(
                    Operator.DIFFERENT,
                    Operator.AT_LEAST,
                    Operator.AT_MOST,
                    Operator.EQUAL,
                    Operator.ABOVE,
                    Operator.BELOW);

    private static final String OPERATORS = "=, !=, >=, <=, >, <, IN or BETWEEN";

    private final String text;
    private int at;
    private int values;

    FilterParser(String text) {
        this.text = text;
    }

    AuditFilter filter() throws UnreadableFilter {
        if (text.length() > AuditFilter.LONGEST) {
            throw new UnreadableFilter(
                    AuditFilter.LONGEST + 1, "longer than " + AuditFilter.LONGEST + " characters");
        }
        List<FilterTerm> terms = new ArrayList<>();
        do {
            skipBlanks();
            if (terms.size() == AuditFilter.MOST_TERMS) {
                throw fault(at, "more than " + AuditFilter.MOST_TERMS + " conditions");
            }
            terms.add(term());
            skipBlanks();
        } while (keyword("AND"));
        if (at < text.length()) {
            throw fault(at, "AND or the end is expected here; conditions can't be joined by OR");
        }
        return new AuditFilter(terms);
    }

    private FilterTerm term() throws UnreadableFilter {
        int start = at;
        while (at < text.length() && isFieldLetter(text.charAt(at))) {
            at++;
        }
        String name = text.substring(start, at);
        if (name.isEmpty()) {
            throw fault(start, "the name of a field is expected here, such as user_info.name");
        }
        Optional<AuditField> field = AuditField.of(name);
        if (field.isEmpty()) {
            throw fault(start, "no record has a field `" + shown(name) + "`");
        }
        skipBlanks();
        Operator operator = operator(name);
        return new FilterTerm(name, operator, values(field.get(), operator));
    }

    private Operator operator(String name) throws UnreadableFilter {
        for (Operator operator : SIGNS) {
            if (text.startsWith(operator.sign(), at)) {
                at += operator.sign().length();
                return operator;
            }
        }
        if (keyword("IN")) {
            return Operator.IN;
        }
        if (keyword("BETWEEN")) {
            return Operator.BETWEEN;
        }
        throw fault(at, OPERATORS + " is expected after `" + shown(name) + "`");
    }

    private List<Word> values(AuditField field, Operator operator) throws UnreadableFilter {
        List<Word> words = new ArrayList<>();
        if (operator == Operator.IN) {
            expect('(', "`(` is expected after IN");
            do {
                words.add(value(field));
                skipBlanks();
            } while (skipped(','));
            expect(')', "`,` or `)` is expected here");
            return words;
        }
        words.add(value(field));
        if (operator == Operator.BETWEEN) {
            skipBlanks();
            if (!keyword("AND")) {
                throw fault(at, "AND and the upper end are expected here");
            }
            words.add(value(field));
        }
        return words;
    }

    private Word value(AuditField field) throws UnreadableFilter {
        skipBlanks();
        int start = at;
        if (++values > AuditFilter.MOST_VALUES) {
            throw fault(start, "more than " + AuditFilter.MOST_VALUES + " values");
        }
        Word word = skipped('"') ? quoted(start) : bare();
        if (field == AuditField.EVENT_TIME && !FilterTimes.isTime(word.text())) {
            throw fault(start, "`" + shown(word.text()) + "` is no time: say " + FilterTimes.FORMS);
        }
        if (field == AuditField.AUDIT_EVENT_TYPE && !isType(word.text())) {
            throw fault(start, "there is no record type `" + shown(word.text()) + "`");
        }
        return word;
    }

    private Word bare() throws UnreadableFilter {
        int start = at;
        while (at < text.length() && Word.isBare(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw fault(start, "a value is expected here; one with blanks or signs in \"quotes\"");
        }
        return new Word(text.substring(start, at), false);
    }

    private Word quoted(int start) throws UnreadableFilter {
        StringBuilder out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return new Word(out.toString(), true);
            }
            if (c == '\\') {
                if (at == text.length() || "\"\\".indexOf(text.charAt(at)) < 0) {
                    throw fault(at - 1, "after `\\` only `\"` or `\\` may follow");
                }
                c = text.charAt(at++);
            }
            out.append(c);
        }
        throw fault(start, "the closing quotation mark is missing");
    }

    /** Steps over the word, in any case, if it stands here alone. */
    private boolean keyword(String word) {
        int end = at + word.length();
        boolean here =
                text.regionMatches(true, at, word, 0, word.length())
                        && (end == text.length() || !isFieldLetter(text.charAt(end)));
        if (here) {
            at = end;
        }
        return here;
    }

    private void expect(char c, String otherwise) throws UnreadableFilter {
        skipBlanks();
        if (!skipped(c)) {
            throw fault(at, otherwise);
        }
    }

    private boolean skipped(char c) {
        boolean here = at < text.length() && text.charAt(at) == c;
        at += here ? 1 : 0;
        return here;
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private static boolean isFieldLetter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-'
                || c == '.';
    }

    private static boolean isType(String name) {
        for (AuditType type : AuditType.values()) {
            if (type.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static UnreadableFilter fault(int index, String message) {
        return new UnreadableFilter(index + 1, message);
    }

    private static String shown(String word) {
        return word.length() > 64 ? word.substring(0, 64) + "…" : word;
    }
}
