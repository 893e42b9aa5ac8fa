package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** {@code kepm storage backup}: a sealed copy of the store, made while the agent works. */
public final class BackUpStorage implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        String file;
        try {
            file = Path.of(given).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw call.usage("storage.file", given);
        }
        Json done =
                call.agent()
                        .post(
                                "/api/storage/backup",
                                Json.object(Map.of("file", Json.of(file))),
                                Agent.LONG);
        if (!call.printed(done)) {
            call.console().line(call.say("storage.backup", done.at("records").text(), file));
            call.console().line(call.say("storage.backup.key"));
        }
        return Exit.OK;
    }
}
