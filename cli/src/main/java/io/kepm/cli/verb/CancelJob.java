package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code kepm job cancel}: ends one run of a job, or all that wait or go on. */
public final class CancelJob implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("RUN", "--run").operand("JOB");
    }

    @Override
    public int run(Call call) throws Fault {
        Map<String, Json> body = new LinkedHashMap<>();
        call.given().value("--run").ifPresent(run -> body.put("run", Json.of(run)));
        Json done =
                JobParts.sent(
                        call,
                        "POST",
                        JobParts.route(call, call.given().operands().get(0)) + "/cancel",
                        Json.object(body));
        if (!call.printed(done)) {
            call.console().line(call.say("job.cancelled", done.at("id").text()));
        }
        return Exit.OK;
    }
}
