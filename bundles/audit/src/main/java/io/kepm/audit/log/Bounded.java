package io.kepm.audit.log;

import io.kepm.api.log.LogRecord;
import java.util.TreeMap;

/** Cuts a record to what the log takes, so that nobody's lines fill its memory. */
final class Bounded {

    /** Characters of a message or a field. */
    static final int LONGEST_TEXT = 16_384;

    /** Characters of a logger or the name of a field. */
    static final int LONGEST_NAME = 256;

    static final int MOST_FIELDS = 16;

    private Bounded() {}

    static LogRecord of(LogRecord said) {
        TreeMap<String, String> fields = new TreeMap<>();
        said.fields().entrySet().stream()
                .limit(MOST_FIELDS)
                .forEach(
                        field ->
                                fields.put(
                                        cut(field.getKey(), LONGEST_NAME),
                                        cut(field.getValue(), LONGEST_TEXT)));
        return new LogRecord(
                said.time(),
                said.level(),
                cut(said.logger(), LONGEST_NAME),
                cut(said.message(), LONGEST_TEXT),
                fields);
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest
                ? text
                : text.substring(0, longest) + "… (" + text.length() + " characters)";
    }
}
