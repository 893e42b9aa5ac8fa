package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import java.util.List;

/** {@code kepm settings list}: the settings in force, and where each comes from. */
public final class ListSettings implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.flag("--changed", "-c").operands("PLUGIN", 0);
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> operands = call.given().operands();
        if (operands.size() > 1) {
            throw call.usage("settings.list.operands");
        }
        Route route = new Route(KnownSettings.PATH);
        if (!operands.isEmpty()) {
            route.segment(operands.get(0));
        }
        Json answer = call.agent().get(route);
        List<Json> plugins = operands.isEmpty() ? answer.at("items").items() : List.of(answer);
        List<Json> rows =
                plugins.stream()
                        .flatMap(one -> one.at("settings").members().values().stream())
                        .filter(one -> !call.given().flag("--changed") || isChanged(one))
                        .toList();
        if (call.printed(Json.list(rows))) {
            return Exit.OK;
        }
        if (rows.isEmpty()) {
            call.console().line(call.say("settings.none"));
            return Exit.OK;
        }
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.setting"),
                                call.say("column.value"),
                                call.say("column.source"),
                                call.say("column.restart")));
        for (Json row : rows) {
            table.row(
                    Cell.of(KnownSettings.full(row)),
                    Cell.of(KnownSettings.shown(row.at("value"))),
                    Cell.of(row.at("source").text()),
                    Cell.of(KnownSettings.shown(row.at("next"))));
        }
        table.print(call.console());
        return Exit.OK;
    }

    private static boolean isChanged(Json one) {
        // The shipped file writes out what is built in: that is no change.
        return !one.at("value").toString().equals(one.at("default").toString())
                || List.of("policy", "stored", "plugin").contains(one.at("source").text())
                || !one.at("next").isMissing();
    }
}
