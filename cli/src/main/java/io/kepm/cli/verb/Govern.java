package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code kepm govern} and {@code ungovern}: the plan, a question, then the change. */
public final class Govern implements Verb {

    private final String action;

    public Govern(String action) {
        this.action = action;
    }

    @Override
    public void declare(Usage usage) {
        usage.flag("--yes", "-y").flag("--plan").operand("USER|%GROUP");
    }

    @Override
    public int run(Call call) throws Fault {
        String subject = call.given().operands().get(0);
        boolean yes = call.given().flag("--yes");
        boolean planOnly = call.given().flag("--plan");
        // The agent plans what `govern` would do; there is nothing to plan for the way back.
        if (action.equals("govern") && (planOnly || !yes || !call.given().json())) {
            Json plan = ask(call, subject, "plan");
            show(call, plan);
            if (planOnly) {
                return Exit.OK;
            }
        } else if (planOnly) {
            throw call.usage("govern.plan.none");
        }
        if (!yes && !agreed(call, subject)) {
            call.console().error(call.say("govern.left"));
            return Exit.FAILED;
        }
        Json done = ask(call, subject, action);
        if (!call.printed(done)) {
            String users = String.join(", ", done.at("users").texts());
            String whom = users.isEmpty() ? subject : users;
            call.console()
                    .line(
                            call.screen().paint(Tone.GOOD, call.say("govern.done"))
                                    + " "
                                    + call.say(action + ".done.users", whom));
            warn(call, done);
        }
        return Exit.OK;
    }

    private static boolean agreed(Call call, String subject) throws Fault {
        Optional<Boolean> answer =
                call.given().json()
                        ? Optional.empty()
                        : call.console().confirm(call.say("govern.question", subject));
        if (answer.isEmpty()) {
            throw call.usage("govern.nobody");
        }
        return answer.get();
    }

    /** What the agent says; its fault is ours. */
    private static Json ask(Call call, String subject, String action) throws Fault {
        Map<String, Json> body = new LinkedHashMap<>();
        body.put("subject", Json.of(subject));
        body.put("action", Json.of(action));
        Json plan = call.agent().post("/api/governed", Json.object(body), Agent.LONG);
        String fault = plan.at("fault").text();
        if (!fault.isEmpty()) {
            throw call.failed("govern.fault", fault);
        }
        return plan;
    }

    private static void show(Call call, Json plan) {
        if (call.printed(plan)) {
            return;
        }
        call.console().line(call.say("govern.plan", plan.at("subject").text()));
        for (String step : plan.at("steps").texts()) {
            call.console().line("  - " + call.screen().escape(step));
        }
        warn(call, plan);
    }

    private static void warn(Call call, Json plan) {
        for (String warning : plan.at("warnings").texts()) {
            call.console()
                    .line(
                            "  "
                                    + call.screen()
                                            .paint(
                                                    Tone.WARNING,
                                                    "! " + call.screen().escape(warning)));
        }
    }
}
