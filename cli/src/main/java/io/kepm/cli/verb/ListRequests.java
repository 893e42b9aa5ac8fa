package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import io.kepm.cli.text.Tone;
import java.util.List;
import java.util.function.Predicate;

/**
 * {@code kepm requests}: what waits for an approval or has one; one's own, and what one decides.
 */
public final class ListRequests implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.flag("--all", "-a");
    }

    @Override
    public int run(Call call) throws Fault {
        Json requests = call.agent().list("/api/requests");
        if (call.printed(requests)) {
            return Exit.OK;
        }
        boolean all = call.given().flag("--all");
        Table table = table(call, requests, one -> all || isAlive(one));
        if (table.isEmpty()) {
            call.console().line(call.say("requests.none"));
        } else {
            table.print(call.console());
        }
        return Exit.OK;
    }

    static Table table(Call call, Json requests, Predicate<Json> shown) {
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.request"),
                                call.say("column.state"),
                                call.say("column.left"),
                                call.say("column.user"),
                                call.say("column.as"),
                                call.say("column.command"),
                                call.say("column.approvers"),
                                call.say("column.reason")));
        for (Json one : requests.at("items").items()) {
            if (shown.test(one)) {
                table.row(
                        Cell.of(shortId(one)),
                        state(one),
                        Cell.of(isAlive(one) ? call.times().left(one.at("until").text()) : ""),
                        Cell.of(one.at("user").text()),
                        Cell.of(one.at("runAs").text()),
                        Cell.of(Grants.command(one.at("path").text(), one.at("argv").texts())),
                        Cell.of(approvers(call, one)),
                        Cell.of(one.at("reason").text()));
            }
        }
        return table;
    }

    static String shortId(Json request) {
        String id = request.at("id").text();
        return id.length() > 8 ? id.substring(0, 8) : id;
    }

    static boolean isAlive(Json request) {
        return List.of("Pending", "Escalated", "Approved").contains(request.at("state").text());
    }

    static Cell state(Json request) {
        String state = request.at("state").text();
        Tone tone =
                switch (state) {
                    case "Approved" -> Tone.GOOD;
                    case "Pending", "Escalated" -> Tone.WARNING;
                    case "Denied", "Revoked" -> Tone.BAD;
                    default -> Tone.PLAIN;
                };
        return new Cell(state, tone);
    }

    private static String approvers(Call call, Json request) {
        List<String> by = request.at("approvedBy").texts();
        return isAlive(request) && !request.at("state").text().equals("Approved")
                ? String.join("; ", request.at("needs").texts())
                        + (by.isEmpty() ? "" : call.say("requests.so", String.join(", ", by)))
                : String.join(", ", by);
    }
}
