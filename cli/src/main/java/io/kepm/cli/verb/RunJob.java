package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code kepm job run} and {@code kepm job trigger}: starts a run, and shows how it goes on until
 * it is over. Ends with 0 only when it succeeded.
 */
public final class RunJob implements Verb {

    private static final long PAUSE_MILLIS = 250;

    private final boolean parameters;

    public RunJob(boolean parameters) {
        this.parameters = parameters;
    }

    @Override
    public void declare(Usage usage) {
        usage.flag("--no-wait");
        if (parameters) {
            usage.operands("JOB", 1);
        } else {
            usage.operand("JOB");
        }
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> words = call.given().operands();
        String route = JobParts.route(call, words.get(0));
        Json begun =
                JobParts.sent(
                        call,
                        "POST",
                        route + (parameters ? "/trigger" : "/run"),
                        parameters(call, words.subList(1, words.size())));
        String id = begun.at("id").text();
        if (call.given().flag("--no-wait")) {
            if (!call.printed(begun)) {
                call.console().line(call.say("job.begun", id));
            }
            return Exit.OK;
        }
        Json run = followed(call, route + "/runs/" + new PathWord(id).text(), begun);
        if (!call.printed(run)) {
            ShowRun.print(call, run);
        }
        return run.at("state").text().equals("Succeeded") ? Exit.OK : Exit.FAILED;
    }

    /** An id that came from the agent, as it may stand in a path. */
    private record PathWord(String given) {
        String text() {
            return given.matches("[A-Za-z0-9-]{1,64}") ? given : "none";
        }
    }

    private static Json parameters(Call call, List<String> words) throws Fault {
        Map<String, Json> values = new LinkedHashMap<>();
        for (String word : words) {
            int equal = word.indexOf('=');
            if (equal < 1) {
                throw call.usage("job.parameter", word);
            }
            values.put(word.substring(0, equal), value(word.substring(equal + 1)));
        }
        return Json.object(values);
    }

    /** As it looks: whole numbers, true, false; with quotes around it a text whatever it is. */
    private static Json value(String text) {
        if (text.matches("-?\\d{1,18}")) {
            return Json.of(Long.parseLong(text));
        }
        if (text.equals("true") || text.equals("false")) {
            return Json.of(Boolean.parseBoolean(text));
        }
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return Json.of(quoted ? text.substring(1, text.length() - 1) : text);
    }

    private static Json followed(Call call, String route, Json begun) throws Fault {
        Map<String, String> told = new LinkedHashMap<>();
        Json run = begun;
        while (true) {
            if (!call.given().json()) {
                tell(call, run, told);
            }
            if (JobParts.isOver(run) || call.console().broken().isPresent()) {
                return run;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return run;
            }
            run = call.agent().get(new Route(route));
        }
    }

    /** A line for each task whose state is new. */
    private static void tell(Call call, Json run, Map<String, String> told) {
        for (Json task : run.at("tasks").items()) {
            String state = task.at("state").text();
            String now = state + task.at("attempts").text();
            if (!now.equals(told.put(task.at("id").text(), now))) {
                call.console()
                        .line(
                                call.say("job.task", task.at("id").text())
                                        + " "
                                        + call.screen()
                                                .paint(
                                                        JobParts.tone(state),
                                                        call.screen().escape(state)));
                call.console().flush();
            }
        }
    }
}
