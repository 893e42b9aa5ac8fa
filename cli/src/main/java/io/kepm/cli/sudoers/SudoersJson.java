package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what {@code cvtsudoers -f json} prints, which is not always JSON: a command with two
 * digests has the same key twice, and some options stand in a list without the braces around them.
 * The first becomes a list, the second an object of one member; everything else is strict.
 */
final class SudoersJson {

    private static final int DEEPEST = 32;
    private static final Set<String> REPEATED = Set.of("sha224", "sha256", "sha384", "sha512");

    private final String text;
    private int at;

    private SudoersJson(String text) {
        this.text = text;
    }

    /**
     * The one value that the text holds.
     *
     * @throws IOException when it is not of that form; its message has one line
     */
    static Json read(String text) throws IOException {
        SudoersJson reader = new SudoersJson(text);
        Json value = reader.value(0);
        reader.space();
        if (reader.at < text.length()) {
            throw reader.wrong("something follows after its end");
        }
        return value;
    }

    private Json value(int depth) throws IOException {
        if (depth > DEEPEST) {
            throw wrong("nested too deep");
        }
        char c = peek();
        if (c == '{') {
            return object(depth);
        }
        if (c == '[') {
            return list(depth);
        }
        return c == '"' ? Json.of(string()) : word();
    }

    private Json object(int depth) throws IOException {
        Map<String, Json> members = new LinkedHashMap<>();
        take('{');
        while (peek() != '}') {
            if (!members.isEmpty()) {
                take(',');
            }
            String name = name();
            Json value = value(depth + 1);
            if (!members.containsKey(name)) {
                members.put(name, value);
            } else if (REPEATED.contains(name)) {
                members.put(name, joined(members.getOrDefault(name, Json.MISSING), value));
            } else {
                throw wrong("`" + name + "` stands there twice");
            }
        }
        take('}');
        return Json.object(members);
    }

    private static Json joined(Json known, Json further) {
        List<Json> all = new ArrayList<>(known.isList() ? known.items() : List.of(known));
        all.add(further);
        return Json.list(all);
    }

    private Json list(int depth) throws IOException {
        List<Json> items = new ArrayList<>();
        take('[');
        while (peek() != ']') {
            if (!items.isEmpty()) {
                take(',');
            }
            Json item = value(depth + 1);
            if (item.isText() && peek() == ':') {
                take(':');
                item = Json.object(Map.of(item.text(), value(depth + 1)));
            }
            items.add(item);
        }
        take(']');
        return Json.list(items);
    }

    private String name() throws IOException {
        peek();
        String name = string();
        take(':');
        return name;
    }

    private String string() throws IOException {
        take('"');
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw wrong("a control character in a text");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        take('"');
        return out.toString();
    }

    private char escaped() throws IOException {
        char c = at < text.length() ? text.charAt(at++) : ' ';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("an unknown escape in a text");
        };
    }

    private char unicode() throws IOException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
            if (digit < 0) {
                throw wrong("an unknown escape in a text");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    /** A number, {@code true}, {@code false} or {@code null}. */
    private Json word() throws IOException {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || isMinus())) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.equals("true") || word.equals("false")) {
            return Json.of(word.equals("true"));
        }
        if (word.equals("null")) {
            return Json.NULL;
        }
        try {
            return Json.of(Long.parseLong(word));
        } catch (NumberFormatException e) {
            throw wrong("neither a text, a number, a list nor an object");
        }
    }

    private boolean isMinus() {
        return text.charAt(at) == '-';
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws IOException {
        space();
        if (at >= text.length()) {
            throw wrong("it ends in the middle");
        }
        return text.charAt(at);
    }

    private void take(char c) throws IOException {
        boolean inText = c == '"';
        if (!inText) {
            space();
        }
        if (at >= text.length() || text.charAt(at) != c) {
            throw wrong("`" + c + "` is missing");
        }
        at++;
    }

    private IOException wrong(String what) {
        long line = text.substring(0, Math.min(at, text.length())).lines().count();
        return new IOException("line " + Math.max(1, line) + ": " + what);
    }
}
