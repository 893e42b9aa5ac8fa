package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Tone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code kepm status}: how the agent is, and the caller's own grants and requests with the time
 * left.
 */
public final class Status implements Verb {

    /** So long a request that came to nothing is told. */
    private static final Duration NEWS = Duration.ofDays(7);

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Agent agent = call.agent();
        // 503 when it is bad, with the same body.
        Json health = health(agent);
        Json system = agent.get(new Route("/api/system/status"));
        List<String> unread = new ArrayList<>();
        Json checks = ifAllowed(unread, () -> agent.get(new Route("/api/health")));
        Json policies = ifAllowed(unread, () -> agent.get(new Route("/api/policies?limit=1")));
        Json grants = ifAllowed(unread, () -> agent.list("/api/grants"));
        Json requests = own(call, ifAllowed(unread, () -> agent.list("/api/requests")));
        String state = health.at("status").text();
        if (call.given().json()) {
            Map<String, Json> all = new LinkedHashMap<>();
            all.put("health", health);
            all.put("system", system);
            put(all, "checks", checks.at("checks"));
            put(all, "policies", summary(policies));
            put(all, "grants", grants.at("items"));
            put(all, "requests", requests.at("items"));
            call.console().json(Json.object(all));
        } else {
            print(call, health, system, policies);
            printTroubles(call, checks);
            printIfAny(call, Grants.table(call, grants));
            printIfAny(call, ListRequests.table(call, requests, one -> true));
        }
        unread.forEach(call.console()::error);
        boolean isWell = state.equals("healthy") || state.equals("degraded");
        return isWell && unread.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    /** What lives, and what somebody was refused lately: who was not there hears of it here. */
    private static Json own(Call call, Json requests) {
        return requests.isMissing()
                ? requests
                : Json.object(
                        Map.of(
                                "items",
                                Json.list(
                                        requests.at("items").items().stream()
                                                .filter(one -> one.at("own").isTrue())
                                                .filter(
                                                        one ->
                                                                ListRequests.isAlive(one)
                                                                        || isNews(call, one))
                                                .toList())));
    }

    private static boolean isNews(Call call, Json request) {
        return List.of("Denied", "Expired", "Revoked").contains(request.at("state").text())
                && call.times().isWithin(NEWS, request.at("until").text());
    }

    private static Json health(Agent agent) throws Fault {
        Agent.Reply reply = agent.ask("GET", "/health", "", Agent.SHORT);
        return reply.status() == 503 && reply.body().at("status").isText()
                ? reply.body()
                : agent.good(reply);
    }

    private interface Question {
        Json ask() throws Fault;
    }

    /**
     * What the caller may not see is left out, not an error; what could not be read is left out,
     * and said.
     */
    private static Json ifAllowed(List<String> unread, Question question) throws Fault {
        try {
            return question.ask();
        } catch (Fault fault) {
            if (fault.exit() == Exit.UNREACHABLE) {
                throw fault;
            }
            if (fault.exit() != Exit.REFUSED) {
                unread.add(fault.line());
            }
            return Json.MISSING;
        }
    }

    private static void put(Map<String, Json> all, String name, Json value) {
        if (!value.isMissing()) {
            all.put(name, value);
        }
    }

    private static Json summary(Json policies) {
        if (policies.isMissing()) {
            return policies;
        }
        Map<String, Json> summary = new LinkedHashMap<>();
        summary.put("count", policies.at("count"));
        put(summary, "revision", policies.at("revision"));
        put(summary, "loadedAt", policies.at("loadedAt"));
        put(summary, "failure", policies.at("failure"));
        return Json.object(summary);
    }

    private static void print(Call call, Json health, Json system, Json policies) {
        String state = health.at("status").text("unknown");
        String version = health.at("version").text(system.at("version").text());
        call.console()
                .line(
                        call.screen().paint(Tone.STRONG, call.say("status.title", version))
                                + "  "
                                + call.screen()
                                        .paint(States.tone(state), call.screen().escape(state)));
        Facts facts = new Facts(call.screen());
        if (!policies.isMissing()) {
            facts.add(
                            call.say("status.policies"),
                            call.say(
                                    "status.policies.value",
                                    policies.at("count").number(0),
                                    policies.at("revision").text()))
                    .add(
                            call.say("status.loaded"),
                            call.times().local(policies.at("loadedAt").text()));
        }
        facts.add(call.say("status.plugins"), system.at("plugins").at("total").text())
                .add(
                        call.say("status.jobs"),
                        call.say(
                                "status.jobs.value",
                                system.at("jobs").at("total").text("0"),
                                system.at("jobs").at("enabled").text("0")))
                .print(call.console());
    }

    private static void printTroubles(Call call, Json checks) {
        for (Json check : checks.at("checks").items()) {
            if (!check.at("state").text().equals("healthy")) {
                Checks.print(call, check);
            }
        }
    }

    private static void printIfAny(Call call, Table table) {
        if (!table.isEmpty()) {
            call.console().blank();
            table.print(call.console());
        }
    }
}
