package io.kepm.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON into maps, lists, texts and {@code Object}s, strictly: no member twice, nothing behind
 * its end, at most 32 levels. The class path of the framework has no library for it.
 */
final class JsonSettings {

    private static final int DEEPEST = 32;

    private final String text;
    private int at;

    private JsonSettings(String text) {
        this.text = text;
    }

    /**
     * The one value of a text; numbers, {@code true}, {@code false} and {@code null} are not told
     * apart.
     *
     * @throws IllegalArgumentException when it is not JSON
     */
    static Object read(String text) {
        JsonSettings reader = new JsonSettings(text);
        Object value = reader.value(0);
        reader.blanks();
        if (reader.at != text.length()) {
            throw reader.malformed();
        }
        return value;
    }

    private Object value(int depth) {
        blanks();
        if (depth > DEEPEST || at >= text.length()) {
            throw malformed();
        }
        char first = text.charAt(at);
        if (first == '{') {
            return object(depth);
        }
        if (first == '[') {
            return list(depth);
        }
        return first == '"' ? string() : word();
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        for (boolean more = !closes('}'); more; more = goesOn('}')) {
            blanks();
            if (at >= text.length() || text.charAt(at) != '"') {
                throw malformed();
            }
            String name = string();
            blanks();
            expect(':');
            if (members.put(name, value(depth + 1)) != null) {
                throw new IllegalArgumentException("member `" + name + "` is there twice");
            }
        }
        return members;
    }

    private List<Object> list(int depth) {
        List<Object> values = new ArrayList<>();
        at++;
        for (boolean more = !closes(']'); more; more = goesOn(']')) {
            values.add(value(depth + 1));
        }
        return values;
    }

    private boolean closes(char end) {
        blanks();
        if (at < text.length() && text.charAt(at) == end) {
            at++;
            return true;
        }
        return false;
    }

    private boolean goesOn(char end) {
        if (closes(end)) {
            return false;
        }
        expect(',');
        return true;
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c < 0x20) {
                throw malformed();
            }
            out.append(c == '\\' ? escaped() : c);
        }
        throw malformed();
    }

    private char escaped() {
        at++;
        char c = at < text.length() ? text.charAt(at) : ' ';
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        if (c == 'u' && at + 4 < text.length()) {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
        }
        throw malformed();
    }

    private Object word() {
        int start = at;
        while (at < text.length() && "+-.0123456789eEtrufalsn".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String word = text.substring(start, at);
        if (!word.matches("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            throw malformed();
        }
        return new Object();
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void expect(char wanted) {
        if (at >= text.length() || text.charAt(at) != wanted) {
            throw malformed();
        }
        at++;
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException("not JSON, at character " + at);
    }
}
