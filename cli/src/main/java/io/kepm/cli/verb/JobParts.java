package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import io.kepm.cli.text.Tone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the verbs about jobs share. */
final class JobParts {

    private static final long LARGEST = 256 << 10;

    private JobParts() {}

    /** The route of a job; an id goes into a path: whatever else is typed is none. */
    static String route(Call call, String id) throws Fault {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw call.usage("job.id", id);
        }
        return "/api/jobs/" + id;
    }

    static Json document(Call call, String file) throws Fault {
        try {
            if (Files.size(Path.of(file)) > LARGEST) {
                throw call.usage("job.file", file, "larger than 256 KiB");
            }
            return JsonReader.read(Files.readAllBytes(Path.of(file)));
        } catch (NoSuchFileException e) {
            throw call.usage("job.file.none", file);
        } catch (IOException e) {
            throw call.usage("job.file", file, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Sends a document. When it is refused, every fault is a line of its own.
     *
     * @return what was answered to a success
     */
    static Json sent(Call call, String method, String route, Json body) throws Fault {
        Agent.Reply reply = call.agent().ask(method, route, body.toString(), Agent.SHORT);
        if (reply.status() == 422 && !call.given().json()) {
            for (Json fault : reply.body().at("errors").items()) {
                call.console().error(call.screen().escape(fault(fault)));
            }
            int count = reply.body().at("errors").items().size();
            throw call.failed(count == 1 ? "job.refused.one" : "job.refused.many", count);
        }
        return call.agent().good(reply);
    }

    /** What is wrong, after where; of the whole it says no place. */
    static String fault(Json fault) {
        String place = fault.at("pointer").text();
        return (place.isEmpty() ? "" : place + ": ") + fault.at("detail").text();
    }

    static Tone tone(String state) {
        return switch (state) {
            case "Succeeded" -> Tone.GOOD;
            case "Running", "Queued" -> Tone.WARNING;
            case "Failed", "TimedOut" -> Tone.BAD;
            default -> Tone.PLAIN;
        };
    }

    static boolean isOver(Json run) {
        String state = run.at("state").text();
        return !state.equals("Queued") && !state.equals("Running");
    }
}
