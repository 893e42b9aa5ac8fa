package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import java.util.List;
import java.util.Map;

/**
 * {@code kepm job validate}, {@code add}, {@code update}, {@code delete} and {@code reload}: what
 * changes documents; when one is refused, every fault is told.
 */
public final class ChangeJob implements Verb {

    private final String act;

    public ChangeJob(String act) {
        this.act = act;
    }

    @Override
    public void declare(Usage usage) {
        if (act.equals("delete")) {
            usage.operand("JOB");
        } else if (!act.equals("reload")) {
            usage.operand("FILE");
        }
    }

    @Override
    public int run(Call call) throws Fault {
        Json done = done(call);
        if (act.equals("reload")) {
            return reloaded(call, done.at("items").items(), call.printed(done));
        }
        if (!call.printed(done)) {
            call.console()
                    .line(
                            act.equals("validate")
                                    ? call.say("job.valid")
                                    : call.say("job." + act, done.at("id").text()));
        }
        return Exit.OK;
    }

    /** A document that is not used is a failure: whoever reloads has just written one. */
    private static int reloaded(Call call, List<Json> jobs, boolean printed) {
        List<Json> unused =
                jobs.stream().filter(job -> !job.at("faults").items().isEmpty()).toList();
        int used = jobs.size() - unused.size();
        if (!printed) {
            for (Json job : unused) {
                for (Json fault : job.at("faults").items()) {
                    String line = job.at("id").text() + ": " + JobParts.fault(fault);
                    call.console().error(call.screen().escape(line));
                }
            }
            call.console()
                    .line(
                            unused.isEmpty()
                                    ? call.say("job.reloaded", used)
                                    : call.say("job.reloaded.unused", used, unused.size()));
        }
        return unused.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private Json done(Call call) throws Fault {
        Json none = Json.object(Map.of());
        switch (act) {
            case "reload":
                return JobParts.sent(call, "POST", "/api/jobs/reload", none);
            case "delete":
                return JobParts.sent(
                        call, "DELETE", JobParts.route(call, call.given().operands().get(0)), none);
            default:
                break;
        }
        Json document = JobParts.document(call, call.given().operands().get(0));
        return switch (act) {
            case "validate" -> JobParts.sent(call, "POST", "/api/jobs/validate", document);
            case "add" -> JobParts.sent(call, "POST", "/api/jobs", document);
            default ->
                    JobParts.sent(
                            call, "PUT", JobParts.route(call, document.at("id").text()), document);
        };
    }
}
