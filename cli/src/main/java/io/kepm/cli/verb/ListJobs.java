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

/** {@code kepm job list}: the jobs, when they are due next, and how the last run ended. */
public final class ListJobs implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json jobs = call.agent().list("/api/jobs");
        if (call.printed(jobs)) {
            return Exit.OK;
        }
        List<Json> items = jobs.at("items").items();
        if (items.isEmpty()) {
            call.console().line(call.say("job.none"));
            return Exit.OK;
        }
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.job"),
                                call.say("column.state"),
                                call.say("column.next"),
                                call.say("column.last"),
                                call.say("column.triggers")));
        for (Json job : items) {
            String last = job.at("last").at("state").text();
            table.row(
                    Cell.of(job.at("id").text()),
                    state(call, job),
                    Cell.of(job.at("next").text()),
                    new Cell(last, JobParts.tone(last)),
                    Cell.of(String.join("; ", job.at("triggers").texts())));
        }
        table.print(call.console());
        return Exit.OK;
    }

    static Cell state(Call call, Json job) {
        if (!job.at("faults").items().isEmpty()) {
            List<Json> faults = job.at("faults").items();
            String text = JobParts.fault(faults.get(0));
            String said =
                    faults.size() == 1
                            ? call.say("job.unused", text)
                            : call.say("job.unused.more", text, faults.size() - 1);
            return new Cell(said, Tone.BAD);
        }
        if (!job.at("enabled").isTrue()) {
            return Cell.of(call.say("job.disabled"));
        }
        if (!job.at("forThisSystem").isTrue()) {
            return Cell.of(call.say("job.elsewhere"));
        }
        long running = job.at("running").number(0);
        long waiting = job.at("queued").number(0);
        if (waiting > 0) {
            return new Cell(call.say("job.waiting", running, waiting), Tone.WARNING);
        }
        return running > 0
                ? new Cell(call.say("job.running", running), Tone.WARNING)
                : Cell.of(call.say("job.ready"));
    }
}
