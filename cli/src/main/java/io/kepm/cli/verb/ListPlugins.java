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

/** {@code kepm plugin list}: plugins and parts of the agent, and how they are. */
public final class ListPlugins implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json plugins = call.agent().list("/api/plugins");
        if (!call.printed(plugins)) {
            table(call, plugins.at("items").items()).print(call.console());
        }
        return Exit.OK;
    }

    private static Table table(Call call, List<Json> items) {
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.plugin"),
                                call.say("column.type"),
                                call.say("column.version"),
                                call.say("column.status"),
                                call.say("column.says")));
        for (Json item : items) {
            String status = item.at("status").text();
            Tone tone =
                    switch (status) {
                        case "Failed", "Unhealthy" -> Tone.BAD;
                        case "Healthy" -> Tone.STRONG;
                        default -> Tone.QUIET;
                    };
            table.row(
                    Cell.of(item.at("id").text()),
                    Cell.of(item.at("pluginType").text()),
                    Cell.of(item.at("version").text()),
                    new Cell(status, tone),
                    Cell.of(says(item)));
        }
        return table;
    }

    /** What it says of itself; else why it is not well, or was not the last time. */
    private static String says(Json item) {
        String detail = item.at("detail").text();
        return detail.isEmpty() ? item.at("lastError").text() : detail;
    }
}
