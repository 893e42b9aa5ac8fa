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

/** {@code kepm mqtt clients}: who is connected to the broker. */
public final class ListClients implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json clients = call.agent().get(new Route("/api/mqtt/clients"));
        if (call.printed(clients)) {
            return Exit.OK;
        }
        Table table =
                new Table(
                                call.screen(),
                                List.of(
                                        call.say("column.client"),
                                        call.say("column.pid"),
                                        call.say("column.sent"),
                                        call.say("column.got"),
                                        call.say("column.waiting"),
                                        call.say("column.denied"),
                                        call.say("column.topics")))
                        .number(1)
                        .number(2)
                        .number(3)
                        .number(4)
                        .number(5);
        for (Json client : clients.at("items").items()) {
            table.row(
                    Cell.of(client.at("id").text()),
                    Cell.of(client.at("pid").text()),
                    Cell.of(client.at("published").text()),
                    Cell.of(client.at("delivered").text()),
                    Cell.of(client.at("outstanding").text()),
                    Cell.of(client.at("denials").text()),
                    Cell.of(String.join(", ", client.at("subscriptions").texts())));
        }
        if (table.isEmpty()) {
            call.console().line(call.say("clients.none"));
        } else {
            table.print(call.console());
        }
        return Exit.OK;
    }
}
