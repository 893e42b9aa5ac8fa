package io.kepm.api.audit;

import io.kepm.api.text.VisibleText;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Records as comma-separated values (RFC 4180), one line each whatever they hold: every value in
 * quotes, what could end a line made visible, and an apostrophe before what a spreadsheet would
 * compute ({@code =cmd()}).
 */
public final class Csv {

    /** Characters of a cell at most: what spreadsheets take is 32,767. */
    private static final int LONGEST_CELL = 32_000;

    private static final String REST = "details";
    private static final List<String> COLUMNS =
            List.of(
                    "seq",
                    "event_time",
                    "audit_event_type",
                    "outcome",
                    "user_info.name",
                    "user_info.uid",
                    "target_info.path",
                    "target_info.argv",
                    "target_info.run_as",
                    "reason",
                    "policy_uid",
                    "policy_version",
                    "policy_evaluation_status",
                    "request_uid",
                    "session_uid",
                    "session_type",
                    "agent_uid",
                    "agent_version",
                    "id",
                    "prev_hash",
                    "hash");

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    /** The signs that begin a formula, also in full width. */
    private static final String FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20";

    private Csv() {}

    /** The first line: the names of the columns; the last one holds all that has no own. */
    public static String header() {
        return String.join(",", COLUMNS) + "," + REST;
    }

    /**
     * The line of a record, without a line end.
     *
     * @param record as {@link FlatRecord} gives it
     */
    public static String line(SortedMap<String, String> record) {
        SortedMap<String, String> rest = new TreeMap<>(record);
        StringBuilder out = new StringBuilder(512);
        for (String column : COLUMNS) {
            String value = rest.remove(column);
            out.append(cell(value == null ? "" : value)).append(',');
        }
        return out.append(
                        cell(
                                rest.entrySet().stream()
                                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                                        .collect(Collectors.joining("; "))))
                .toString();
    }

    private static String cell(String value) {
        String text = VisibleText.of(value, LONGEST_CELL);
        return '"' + (isFormula(text) ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }

    private static boolean isFormula(String text) {
        String start = text.stripLeading();
        return !start.isEmpty()
                && FORMULA.indexOf(start.charAt(0)) >= 0
                && !NUMBER.matcher(text).matches();
    }
}
