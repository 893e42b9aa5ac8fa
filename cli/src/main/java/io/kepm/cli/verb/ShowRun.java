package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import java.util.List;

/** {@code kepm job log}: one run with what its tasks wrote; the last one unless told. */
public final class ShowRun implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("RUN", "--run").operand("JOB");
    }

    @Override
    public int run(Call call) throws Fault {
        String route = JobParts.route(call, call.given().operands().get(0)) + "/runs";
        String id = call.given().value("--run").orElse("");
        if (id.isEmpty()) {
            List<Json> newest =
                    call.agent().get(new Route(route).with("limit", 1)).at("items").items();
            if (newest.isEmpty()) {
                throw call.failed("job.runs.none");
            }
            id = newest.get(0).at("id").text();
        }
        if (!id.matches("[A-Za-z0-9-]{1,64}")) {
            throw call.usage("job.run.id", id);
        }
        Json run = call.agent().get(new Route(route + "/" + id));
        if (!call.printed(run)) {
            print(call, run);
        }
        return Exit.OK;
    }

    static void print(Call call, Json run) {
        String state = run.at("state").text();
        new Facts(call.screen())
                .add(call.say("job.show.run"), run.at("id").text())
                .add(call.say("job.show.state"), state, JobParts.tone(state))
                .add(call.say("job.show.trigger"), run.at("trigger").text())
                .add(call.say("job.show.by"), run.at("by").text())
                .add(call.say("job.show.started"), run.at("started").text())
                .add(call.say("job.show.ended"), run.at("ended").text())
                .add(call.say("job.show.reason"), run.at("reason").text())
                .print(call.console());
        for (Json task : run.at("tasks").items()) {
            String code = task.at("exitCode").text();
            call.console()
                    .line(
                            call.say(
                                            "job.log.task",
                                            task.at("id").text(),
                                            task.at("state").text(),
                                            task.at("reason").text()
                                                    + (code.isEmpty() ? "" : " [" + code + "]"))
                                    .stripTrailing());
            for (String line : task.at("output").text().split("\n", -1)) {
                if (!line.isEmpty()) {
                    call.console().line("  " + call.screen().escape(line));
                }
            }
        }
    }
}
