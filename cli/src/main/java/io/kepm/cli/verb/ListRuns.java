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

/** {@code kepm job runs}: runs of a job, the newest first. */
public final class ListRuns implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("N", "--limit", "-n").operand("JOB");
    }

    @Override
    public int run(Call call) throws Fault {
        String limit = call.given().value("--limit").orElse("20");
        if (!limit.matches("[1-9]\\d{0,2}|1000")) {
            throw call.usage("job.limit", limit);
        }
        String route = JobParts.route(call, call.given().operands().get(0)) + "/runs";
        Json runs = call.agent().get(new Route(route).with("limit", limit));
        if (call.printed(runs)) {
            return Exit.OK;
        }
        List<Json> items = runs.at("items").items();
        if (items.isEmpty()) {
            call.console().line(call.say("job.runs.none"));
            return Exit.OK;
        }
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.run"),
                                call.say("column.state"),
                                call.say("column.due"),
                                call.say("column.trigger"),
                                call.say("column.reason")));
        for (Json run : items) {
            String state = run.at("state").text();
            table.row(
                    Cell.of(run.at("id").text()),
                    new Cell(state, JobParts.tone(state)),
                    Cell.of(run.at("due").text()),
                    Cell.of(run.at("trigger").text()),
                    Cell.of(run.at("reason").text()));
        }
        table.print(call.console());
        return Exit.OK;
    }
}
