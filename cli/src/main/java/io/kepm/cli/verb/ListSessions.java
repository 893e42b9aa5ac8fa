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
import java.util.Optional;

/** {@code kepm session list}: commands that were recorded, the newest first. */
public final class ListSessions implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("USER", "--user", "-u");
    }

    @Override
    public int run(Call call) throws Fault {
        Json sessions = call.agent().list("/api/sessions");
        Optional<String> user = call.given().value("--user");
        List<Json> items =
                sessions.at("items").items().stream()
                        .filter(item -> user.isEmpty() || user.get().equals(item.at("user").text()))
                        .toList();
        if (call.printed(Json.list(items))) {
            return Exit.OK;
        }
        if (items.isEmpty()) {
            call.console().line(call.say("session.none"));
            return Exit.OK;
        }
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.session"),
                                call.say("column.begun"),
                                call.say("column.state"),
                                call.say("column.user"),
                                call.say("column.as"),
                                call.say("column.command")));
        for (Json item : items) {
            table.row(
                    Cell.of(item.at("id").text()),
                    Cell.of(item.at("begun").text()),
                    state(call, item.at("state").text()),
                    Cell.of(item.at("user").text()),
                    Cell.of(item.at("runAs").text()),
                    Cell.of(String.join(" ", item.at("argv").texts())));
        }
        table.print(call.console());
        return Exit.OK;
    }

    private static Cell state(Call call, String state) {
        return switch (state) {
            case "RUNNING" -> new Cell(call.say("session.running"), Tone.GOOD);
            case "WHOLE" -> Cell.of(call.say("session.whole"));
            case "CUT" -> new Cell(call.say("session.cut"), Tone.WARNING);
            default -> Cell.of(state);
        };
    }
}
