package io.kepm.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** How the text of a pattern is read: wildcards, variables in braces, everything else literal. */
final class PatternText {

    static final int MAX_LENGTH = 1024;
    private static final int MAX_DEEP = 4;
    private static final int FIRST_VARIABLE = -100;
    private static final List<Variable> VARIABLES = List.of(Variable.values());

    private PatternText() {}

    static boolean isVariable(int code) {
        return code <= FIRST_VARIABLE;
    }

    private static Variable variable(int code) {
        return VARIABLES.get(FIRST_VARIABLE - code);
    }

    /** Without a slash, and not beginning with a path variable. */
    static boolean isBare(int[] codes) {
        if (startsPath(codes)) {
            return false;
        }
        for (int code : codes) {
            if (code == '/') {
                return false;
            }
        }
        return true;
    }

    private static boolean startsPath(int[] codes) {
        return isVariable(codes[0]) && variable(codes[0]).isPath();
    }

    /** Whether a text is a canonical path of visible ASCII characters without a mark: most are. */
    static boolean isPlainPath(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '*' || c == '?' || c == '{' || c == '}') {
                return false;
            }
        }
        return text.length() <= MAX_LENGTH && PathText.isCanonical(text);
    }

    /** Empty after the place was told what is wrong. */
    static Optional<int[]> codes(String text, boolean wildcards, Place place) {
        String fault = "";
        int[] codes = {};
        if (text.isEmpty()) {
            fault = "empty";
        } else if (Texts.length(text) > MAX_LENGTH) {
            fault = "longer than " + MAX_LENGTH + " characters";
        } else if (Texts.hasControl(text)) {
            fault = "control characters in " + Place.quoted(text);
        } else {
            codes = codePoints(text);
            IntBag out = new IntBag(codes.length);
            fault = read(codes, wildcards, out);
            codes = out.items();
            if (fault.isEmpty()) {
                fault = shape(codes, wildcards);
            }
            if (!fault.isEmpty()) {
                fault = Place.quoted(text) + ": " + fault;
            }
        }
        if (!fault.isEmpty()) {
            place.refuse(fault);
            return Optional.empty();
        }
        return Optional.of(codes);
    }

    private static int[] codePoints(String text) {
        int[] codes = new int[text.length()];
        int size = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(codes[size++])) {
            codes[size] = text.codePointAt(i);
        }
        return size == codes.length ? codes : Arrays.copyOf(codes, size);
    }

    private static String read(int[] text, boolean wildcards, IntBag out) {
        for (int i = 0; i < text.length; i++) {
            int c = text[i];
            if (c == '{') {
                int end = i + 1;
                while (end < text.length && text[end] != '}') {
                    end++;
                }
                if (end == text.length) {
                    return "`{` without `}`";
                }
                String word = new String(text, i + 1, end - i - 1);
                Optional<Variable> variable = Variable.of(word);
                if (variable.isEmpty()) {
                    return "unknown variable "
                            + Place.quoted(word)
                            + " (known: "
                            + Variable.known()
                            + ")";
                }
                out.add(FIRST_VARIABLE - VARIABLES.indexOf(variable.get()));
                i = end;
            } else if (c == '}') {
                return "`}` without `{`";
            } else {
                out.add(
                        wildcards && c == '*'
                                ? SegmentGlob.STAR
                                : wildcards && c == '?' ? SegmentGlob.ONE : c);
            }
        }
        return "";
    }

    private static String shape(int[] codes, boolean wildcards) {
        boolean path = !isBare(codes);
        if (path && codes[0] != '/' && !isVariable(codes[0])) {
            return "a path begins with `/` or a variable";
        }
        if (!wildcards && !path) {
            return "an absolute path is expected";
        }
        int deep = 0;
        int from = path && codes[0] == '/' ? 1 : 0;
        if (path && codes.length == 1) {
            return "";
        }
        for (int i = from; i <= codes.length; i++) {
            if (i == codes.length || codes[i] == '/') {
                String fault = segment(codes, from, i, path);
                if (!fault.isEmpty()) {
                    return fault;
                }
                deep += isDeep(codes, from, i) ? 1 : 0;
                from = i + 1;
            }
        }
        return deep > MAX_DEEP ? "more than " + MAX_DEEP + " `**`" : "";
    }

    private static boolean isDeep(int[] codes, int from, int to) {
        return to - from == 2
                && codes[from] == SegmentGlob.STAR
                && codes[from + 1] == SegmentGlob.STAR;
    }

    private static String segment(int[] codes, int from, int to, boolean path) {
        int length = to - from;
        if (length == 0) {
            return "not canonical: an empty segment (`//` or a `/` at the end)";
        }
        if (codes[from] == '.' && (length == 1 || (length == 2 && codes[from + 1] == '.'))) {
            return "not canonical: a `.` or `..` segment";
        }
        if (path && isDeep(codes, from, to)) {
            return "";
        }
        for (int i = from + 1; i < to; i++) {
            if (codes[i] == SegmentGlob.STAR && codes[i - 1] == SegmentGlob.STAR) {
                return "`**` has to be a whole segment of a path";
            }
        }
        return "";
    }

    /**
     * The codes with literal values for the variables; empty when one has no value that fits its
     * place. A value is compared as it is: a star in it is a star.
     */
    static Optional<int[]> resolve(int[] codes, boolean path, Variables variables) {
        IntStream.Builder out = IntStream.builder();
        for (int i = 0; i < codes.length; i++) {
            if (!isVariable(codes[i])) {
                out.add(codes[i]);
                continue;
            }
            boolean head = path && i == 0;
            Variable variable = variable(codes[i]);
            Optional<String> value = head ? variables.head(variable) : variables.segment(variable);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            value.get().codePoints().forEach(out::add);
            if (head && value.get().isEmpty() && (codes.length == 1 || codes[1] != '/')) {
                out.add('/');
            }
        }
        return Optional.of(out.build().toArray());
    }
}
