package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
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
        if (!call.printed(done)) {
            call.console()
                    .line(
                            act.equals("validate")
                                    ? call.say("job.valid")
                                    : act.equals("reload")
                                            ? call.say(
                                                    "job.reloaded", done.at("items").items().size())
                                            : call.say("job." + act, done.at("id").text()));
        }
        return Exit.OK;
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
