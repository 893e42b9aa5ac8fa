package io.kepm.cli.verb;

import io.kepm.cli.json.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Parts of an audit record in a few words; nothing is escaped yet. */
final class RecordWords {

    private RecordWords() {}

    /** The name, or {@code #1001} where the record knows the number only. */
    static String who(Json record) {
        Json user =
                record.at("user_info").isEmpty() ? record.at("admin_info") : record.at("user_info");
        boolean numbered = user.at("name").text().isEmpty() && user.at("uid").number(-1) >= 0;
        return numbered ? "#" + user.at("uid").text() : user.at("name").text();
    }

    /** The command with whom it runs as and how it ended; else the reason; else the details. */
    static String what(Json record) {
        Json target = record.at("target_info");
        if (target.isEmpty()) {
            return record.at("reason").text(details(record));
        }
        String runAs = target.at("run_as").text();
        return Grants.command(target.at("path").text(), target.at("argv").texts())
                + (runAs.isEmpty() || runAs.equals("root") ? "" : " (as " + runAs + ")")
                + end(record);
    }

    /** {@code (exit 7)} or {@code (signal 9)}. */
    private static String end(Json record) {
        String status = record.at("details").at("status").text();
        boolean ended = record.at("audit_event_type").text().equals("ELEVATION_ENDED");
        return ended && !status.isEmpty()
                ? " (" + record.at("outcome").text().toLowerCase(Locale.ROOT) + " " + status + ")"
                : "";
    }

    /** Keys and signatures are for those who look at one record. */
    static String details(Json record) {
        StringBuilder out = new StringBuilder();
        boolean signed = record.at("audit_event_type").text().equals("AUDIT_CHECKPOINT");
        for (Map.Entry<String, Json> detail : record.at("details").members().entrySet()) {
            Json value = detail.getValue();
            if (signed && Set.of("key", "signature").contains(detail.getKey())) {
                continue;
            }
            out.append(out.isEmpty() ? "" : ", ")
                    .append(detail.getKey())
                    .append('=')
                    .append(value.isScalar() ? value.text() : value.toString());
        }
        return out.toString();
    }
}
