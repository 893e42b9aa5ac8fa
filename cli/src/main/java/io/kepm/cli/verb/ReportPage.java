package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import io.kepm.cli.text.Tone;
import java.util.ArrayList;
import java.util.List;

/** An {@link AuditSummary} on one screen: each area with its number, and below it the first few. */
final class ReportPage {

    /** Lines of one area. */
    private static final int ROWS = 5;

    private final Call call;
    private boolean busy = true;

    ReportPage(Call call) {
        this.call = call;
    }

    void print(Json report) {
        call.console()
                .line(
                        call.screen()
                                .paint(
                                        Tone.STRONG,
                                        call.say(
                                                "report.title",
                                                call.times().local(report.at("from").text()),
                                                call.times().local(report.at("to").text()),
                                                report.at("records").text("0"))));
        events("report.glass", report.at("brokenGlass"), Tone.BAD);
        Json denials = report.at("denials");
        denials(denials);
        pairs("report.limits", report.at("limits"), "user", "type");
        pairs("report.strangers", report.at("failedAuthentication"), "user", "type");
        admins(report.at("adminActions"));
        events("report.configuration", report.at("configuration"), Tone.WARNING);
        agent(report.at("agent"));
        events("report.registrations", report.at("registrations"), Tone.WARNING);
        events("report.code", report.at("refusedCode"), Tone.BAD);
        events("report.exports", report.at("exportFailures"), Tone.BAD);
        events("report.damage", report.at("damage"), Tone.BAD);
        call.console().blank();
        call.console().line(call.say("report.chain"));
    }

    private void denials(Json denials) {
        long denied = denials.at("denied").number(0);
        long refused = denials.at("refused").number(0);
        title("report.denials", Math.max(denied, refused), Tone.WARNING);
        List<Json> users = denials.at("users").items();
        Table table = table("column.user", "column.denied", "column.refused", "column.often");
        for (Json user : first(users)) {
            String same = user.at("sameTarget").text();
            String target = user.at("target").text();
            table.row(
                    indented(user.at("user").text("?")),
                    Cell.of(user.at("denied").text()),
                    Cell.of(user.at("refused").text()),
                    Cell.of(target.isEmpty() ? "" : target + " (" + same + ")"));
        }
        end(table.number(1).number(2), users.size());
    }

    private void admins(Json actions) {
        title("report.admins", actions.at("count").number(0), Tone.PLAIN);
        List<Json> rows = actions.at("rows").items();
        Table table = table("column.admin", "column.count", "column.failed", "column.route");
        for (Json row : first(rows)) {
            table.row(
                    indented(row.at("admin").text()),
                    Cell.of(row.at("count").text()),
                    Cell.of(row.at("failed").text()),
                    Cell.of(row.at("route").text()));
        }
        end(table.number(1).number(2), rows.size());
    }

    private void pairs(String key, Json pairs, String first, String second) {
        title(key, pairs.at("count").number(0), Tone.WARNING);
        List<Json> rows = pairs.at("rows").items();
        Table table = table("column.user", "column.count", "column.type");
        for (Json row : first(rows)) {
            table.row(
                    indented(row.at(first).text("?")),
                    Cell.of(row.at("count").text()),
                    Cell.of(row.at(second).text()));
        }
        end(table.number(1), rows.size());
    }

    private void agent(Json agent) {
        long gaps = agent.at("gaps").number(0);
        long jumps = agent.at("clockJumps").number(0);
        title("report.gaps", gaps + jumps, Tone.BAD);
        new Facts(call.screen())
                .add(call.say("report.starts"), agent.at("starts").text())
                .add(call.say("report.stops"), agent.at("stops").text())
                .print(call.console());
        eventRows(agent.at("last").items(), gaps + jumps);
    }

    private void events(String key, Json events, Tone tone) {
        long count = events.at("count").number(0);
        title(key, count, tone);
        eventRows(events.at("last").items(), count);
    }

    /** The newest of them, newest first. */
    private void eventRows(List<Json> oldestFirst, long count) {
        Table table = table("column.seq", "column.time", "column.type", "column.what");
        for (int i = oldestFirst.size() - 1; i >= Math.max(0, oldestFirst.size() - ROWS); i--) {
            Json event = oldestFirst.get(i);
            table.row(
                    indented(event.at("seq").text()),
                    Cell.of(call.times().brief(event.at("time").text())),
                    Cell.of(event.at("type").text()),
                    Cell.of(words(event)));
        }
        end(table, count);
    }

    /** By whom, what, and why, as far as the record says. */
    private static String words(Json event) {
        String who = event.at("who").text();
        String what = event.at("what").text();
        String reason = event.at("reason").text();
        String why = reason.isEmpty() || reason.equals(what) ? "" : ": " + reason;
        return (who.isEmpty() ? "" : who + ": ") + what + why;
    }

    /** Areas in which nothing happened stand close together. */
    private void title(String key, long count, Tone tone) {
        String text = call.say(key, count);
        if (count > 0 || busy) {
            call.console().blank();
        }
        busy = count > 0;
        call.console().line(call.screen().paint(count == 0 ? Tone.GOOD : tone, text));
    }

    private Table table(String... headings) {
        List<String> names = new ArrayList<>();
        for (String heading : headings) {
            names.add((names.isEmpty() ? "  " : "") + call.say(heading));
        }
        return new Table(call.screen(), names);
    }

    private void end(Table table, long all) {
        if (!table.isEmpty()) {
            table.print(call.console());
        }
        if (all > ROWS) {
            call.console()
                    .line(
                            "  "
                                    + call.screen().ellipsis()
                                    + " "
                                    + call.say("report.rest", all - ROWS));
        }
    }

    private static List<Json> first(List<Json> rows) {
        return rows.subList(0, Math.min(ROWS, rows.size()));
    }

    private static Cell indented(String text) {
        return Cell.of("  " + text);
    }
}
