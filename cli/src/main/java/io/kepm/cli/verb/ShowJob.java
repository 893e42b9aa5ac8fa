package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonLayout;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Table.Cell;

/** {@code kepm job show}: one job, with its document. */
public final class ShowJob implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("JOB");
    }

    @Override
    public int run(Call call) throws Fault {
        Json job =
                call.agent().get(new Route(JobParts.route(call, call.given().operands().get(0))));
        if (call.printed(job)) {
            return Exit.OK;
        }
        Cell state = ListJobs.state(call, job);
        new Facts(call.screen())
                .add(call.say("job.show.id"), job.at("id").text())
                .add(call.say("job.show.name"), job.at("name").text())
                .add(call.say("job.show.what"), job.at("description").text())
                .add(call.say("job.show.state"), state.text(), state.tone())
                .add(call.say("job.show.triggers"), String.join("; ", job.at("triggers").texts()))
                .add(call.say("job.show.next"), job.at("next").text())
                .add(call.say("job.show.last"), job.at("last").at("state").text())
                .print(call.console());
        for (Json fault : job.at("faults").items()) {
            call.console().line(call.screen().escape(JobParts.fault(fault)));
        }
        if (!job.at("document").members().isEmpty()) {
            call.console().blank();
            for (String line : JsonLayout.of(job.at("document")).split("\n", -1)) {
                call.console().line(call.screen().escape(line));
            }
        }
        return job.at("faults").items().isEmpty() ? Exit.OK : Exit.FAILED;
    }
}
