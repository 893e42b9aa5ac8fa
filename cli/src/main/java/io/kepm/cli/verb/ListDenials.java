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

/** {@code kepm mqtt denials}: what the broker denied, newest first. */
public final class ListDenials implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json denials = call.agent().get(new Route("/api/mqtt/denials"));
        if (call.printed(denials)) {
            return Exit.OK;
        }
        Table table =
                new Table(
                                call.screen(),
                                List.of(
                                        call.say("column.time"),
                                        call.say("column.count"),
                                        call.say("column.client"),
                                        call.say("column.tried"),
                                        call.say("column.topic"),
                                        call.say("column.why")))
                        .number(1);
        for (Json denial : denials.at("items").items()) {
            table.row(
                    Cell.of(call.times().brief(denial.at("last").text())),
                    Cell.of(denial.at("count").text()),
                    Cell.of(denial.at("client").text()),
                    Cell.of(denial.at("kind").text()),
                    Cell.of(denial.at("what").text()),
                    Cell.of(denial.at("reason").text()));
        }
        if (table.isEmpty()) {
            call.console().line(call.say("denials.none"));
        } else {
            table.print(call.console());
        }
        return Exit.OK;
    }
}
