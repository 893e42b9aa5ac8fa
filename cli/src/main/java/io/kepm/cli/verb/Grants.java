package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import io.kepm.cli.text.Words;
import java.util.List;

/** Live grants as a table. */
final class Grants {

    private Grants() {}

    static Table table(Call call, Json grants) {
        Table table =
                new Table(
                                call.screen(),
                                List.of(
                                        call.say("column.left"),
                                        call.say("column.user"),
                                        call.say("column.as"),
                                        call.say("column.command"),
                                        call.say("column.grant")))
                        .number(0);
        for (Json grant : grants.at("items").items()) {
            table.row(
                    Cell.of(call.times().left(grant.at("to").text())),
                    Cell.of(grant.at("user").text()),
                    Cell.of(grant.at("runAs").text()),
                    Cell.of(command(grant.at("path").text(), grant.at("argv").texts())),
                    Cell.of(grant.at("id").text()));
        }
        return table;
    }

    /** The file that runs and its arguments; the name that the caller gave it proves nothing. */
    static String command(String path, List<String> argv) {
        String arguments = Words.joined(argv.isEmpty() ? List.of() : argv.subList(1, argv.size()));
        if (path.isEmpty()) {
            return Words.joined(argv);
        }
        return Words.joined(List.of(path)) + (arguments.isEmpty() ? "" : " " + arguments);
    }
}
