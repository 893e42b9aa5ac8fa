package io.kepm.cli.verb;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditEntry;
import io.kepm.cli.json.Exported;
import io.kepm.cli.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a week of records comes to, as the hardening guide wants it looked at. It takes the records
 * one by one and holds counts and the last few events only.
 */
final class AuditSummary {

    /** Events that are kept one by one, of each kind. */
    private static final int EVENTS = 20;

    private static final char BETWEEN = '\0';

    private final Tally denied = new Tally();
    private final Tally refused = new Tally();
    private final Tally targets = new Tally();
    private final Tally limits = new Tally();
    private final Tally admins = new Tally();
    private final Tally adminsFailed = new Tally();
    private final Tally strangers = new Tally();
    private final Tally runs = new Tally();
    private final Events configuration = new Events();
    private final Events gaps = new Events();
    private final Events registrations = new Events();
    private final Events exports = new Events();
    private final Events code = new Events();
    private final Events damage = new Events();
    private final Events glass = new Events();
    private long records;

    /** The last few of one kind, and how many there were. */
    private static final class Events {
        private final Deque<Json> last = new ArrayDeque<>();
        private long count;

        void add(Json record) {
            count++;
            last.addLast(event(record));
            if (last.size() > EVENTS) {
                last.removeFirst();
            }
        }

        Json json() {
            Map<String, Json> json = new LinkedHashMap<>();
            json.put("count", Json.of(count));
            json.put("last", Json.list(new ArrayList<>(last)));
            return Json.object(json);
        }

        private static Json event(Json record) {
            Map<String, Json> event = new LinkedHashMap<>();
            event.put("seq", record.at("seq"));
            event.put("time", Json.of(record.at("event_time").text()));
            event.put("type", Json.of(record.at("audit_event_type").text()));
            event.put("outcome", Json.of(record.at("outcome").text()));
            event.put("who", Json.of(RecordWords.who(record)));
            event.put("what", Json.of(RecordWords.what(record)));
            event.put("reason", Json.of(record.at("reason").text()));
            return Json.object(event);
        }
    }

    void add(Json record) {
        records++;
        if (isDamaged(record)) {
            damage.add(record);
        }
        String type = record.at("audit_event_type").text();
        String user = RecordWords.who(record);
        String outcome = record.at("outcome").text();
        if (outcome.equals("BREAK_GLASS")) {
            glass.add(record);
        }
        if (outcome.equals("SUMMARY") && !record.at("details").at("types").isEmpty()) {
            sum(record, user);
            return;
        }
        switch (type) {
            case "POLICY_EVALUATION" -> evaluation(record, user);
            case "ELEVATION_REFUSED", "FILE_ACCESS_REFUSED" -> refused.add(user);
            case "AUDIT_DAMAGED" -> damage.add(record);
            case "RATE_QUEUED", "RATE_LIMITED", "CIRCUIT_OPENED", "CIRCUIT_CLOSED" ->
                    limits.add(source(record, user) + BETWEEN + type);
            case "ADMIN_ACTION" -> admin(record);
            case "CONFIGURATION_CHANGED", "POLICY_LOADED", "POLICY_LOAD_FAILED" ->
                    configuration.add(record);
            case "AGENT_STARTED", "AGENT_STOPPED" -> runs.add(type);
            case "AGENT_GAP", "CLOCK_JUMP" -> {
                runs.add(type);
                gaps.add(record);
            }
            case "PROCESS_AUTHENTICATION_FAILED", "AUTHORIZATION_FAILED" ->
                    strangers.add(
                            user + BETWEEN + type, times(record.at("details").at("count").text()));
            case "AGENT_REGISTERED", "AGENT_UNREGISTERED" -> registrations.add(record);
            case "AUDIT_EXPORT_FAILED" -> exports.add(record);
            case "BUNDLE_REFUSED", "PLUGIN_REFUSED", "UPDATE_FAILED" -> code.add(record);
            default -> {
                // Of no interest to the weekly look.
            }
        }
    }

    /** Refusals of a flood that are no records of their own: {@code TYPE=30 TYPE=30}. */
    private void sum(Json record, String user) {
        for (String part : record.at("details").at("types").text().split(" ", -1)) {
            int equals = part.indexOf('=');
            String type = part.substring(0, Math.max(0, equals));
            long times = times(part.substring(equals + 1));
            switch (type) {
                case "POLICY_EVALUATION" -> denied.add(user, times);
                case "ELEVATION_REFUSED", "FILE_ACCESS_REFUSED" -> refused.add(user, times);
                case "PROCESS_AUTHENTICATION_FAILED", "AUTHORIZATION_FAILED" ->
                        strangers.add(user + BETWEEN + type, times);
                default -> {
                    // Of no interest to the weekly look.
                }
            }
        }
    }

    /** How many a record stands for; what does not say so is one. */
    private static long times(String count) {
        return count.matches("[0-9]{1,12}") ? Long.parseLong(count) : 1;
    }

    /** Limits know a user by number; their source has the name. */
    private static String source(Json record, String user) {
        return record.at("user_info").at("name").text().isEmpty()
                ? record.at("details").at("source").text(user)
                : user;
    }

    private void evaluation(Json record, String user) {
        if (record.at("outcome").text().startsWith("DENY")) {
            denied.add(user);
            targets.add(user + BETWEEN + record.at("target_info").at("path").text());
        }
    }

    private void admin(Json record) {
        Json details = record.at("details");
        String route =
                details.at("route").text().isEmpty()
                        ? record.at("session_type").text(record.at("outcome").text("?"))
                        : details.at("method").text() + " " + details.at("route").text();
        String admin = record.at("admin_info").at("name").text(RecordWords.who(record));
        String key = (admin.isEmpty() ? "?" : admin) + BETWEEN + route;
        admins.add(key);
        String outcome = record.at("outcome").text();
        if (outcome.equals("FAILED") || outcome.equals("REFUSED")) {
            adminsFailed.add(key);
        }
    }

    /** One that the store could not open, or whose text is not what its hash says. */
    private static boolean isDamaged(Json record) {
        if (!record.at("unreadable").isMissing()) {
            return true;
        }
        try {
            AuditEntry entry = Exported.entry(record);
            return !AuditChain.hash(entry.json()).equals(entry.hash());
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** The whole of it; lists with the most frequent first. */
    Json json(String from, String to) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("from", Json.of(from));
        json.put("to", Json.of(to));
        json.put("records", Json.of(records));
        json.put("brokenGlass", glass.json());
        json.put("denials", denials());
        json.put("limits", pairs(limits, "user", "type"));
        json.put("adminActions", adminActions());
        json.put("configuration", configuration.json());
        json.put("agent", agent());
        json.put("failedAuthentication", pairs(strangers, "user", "type"));
        json.put("registrations", registrations.json());
        json.put("refusedCode", code.json());
        json.put("exportFailures", exports.json());
        json.put("damage", damage.json());
        return Json.object(json);
    }

    private Json denials() {
        Map<String, Tally.Count> often = new HashMap<>();
        for (Tally.Count pair : targets.top()) {
            int end = pair.name().indexOf(BETWEEN);
            if (end >= 0) {
                often.putIfAbsent(
                        pair.name().substring(0, end),
                        new Tally.Count(pair.name().substring(end + 1), pair.number()));
            }
        }
        List<Json> users = new ArrayList<>();
        for (Tally.Count user : both(denied, refused).top()) {
            Map<String, Json> row = new LinkedHashMap<>();
            row.put("user", Json.of(user.name()));
            row.put("denied", Json.of(denied.of(user.name())));
            row.put("refused", Json.of(refused.of(user.name())));
            Tally.Count target = often.getOrDefault(user.name(), new Tally.Count("", 0));
            row.put("target", Json.of(target.name()));
            row.put("sameTarget", Json.of(target.number()));
            users.add(Json.object(row));
        }
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("denied", Json.of(denied.all()));
        json.put("refused", Json.of(refused.all()));
        json.put("users", Json.list(users));
        return Json.object(json);
    }

    /** By the larger of the two numbers: one denied command is an evaluation and a refusal. */
    private static Tally both(Tally one, Tally other) {
        Tally both = new Tally();
        one.top().forEach(count -> both.add(count.name(), count.number()));
        for (Tally.Count count : other.top()) {
            both.add(count.name(), Math.max(0, count.number() - one.of(count.name())));
        }
        return both;
    }

    private Json adminActions() {
        List<Json> rows = new ArrayList<>();
        for (Tally.Count count : admins.top()) {
            Map<String, Json> row = named(count, "admin", "route");
            row.put("count", Json.of(count.number()));
            row.put("failed", Json.of(adminsFailed.of(count.name())));
            rows.add(Json.object(row));
        }
        return counted(admins.all(), rows);
    }

    private static Json pairs(Tally tally, String first, String second) {
        List<Json> rows = new ArrayList<>();
        for (Tally.Count count : tally.top()) {
            Map<String, Json> row = named(count, first, second);
            row.put("count", Json.of(count.number()));
            rows.add(Json.object(row));
        }
        return counted(tally.all(), rows);
    }

    private static Map<String, Json> named(Tally.Count count, String first, String second) {
        int end = count.name().indexOf(BETWEEN);
        Map<String, Json> row = new LinkedHashMap<>();
        row.put(first, Json.of(end < 0 ? count.name() : count.name().substring(0, end)));
        row.put(second, Json.of(end < 0 ? "" : count.name().substring(end + 1)));
        return row;
    }

    private static Json counted(long count, List<Json> rows) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("count", Json.of(count));
        json.put("rows", Json.list(rows));
        return Json.object(json);
    }

    private Json agent() {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("starts", Json.of(runs.of("AGENT_STARTED")));
        json.put("stops", Json.of(runs.of("AGENT_STOPPED")));
        json.put("gaps", Json.of(runs.of("AGENT_GAP")));
        json.put("clockJumps", Json.of(runs.of("CLOCK_JUMP")));
        json.put("last", gaps.json().at("last"));
        return Json.object(json);
    }
}
