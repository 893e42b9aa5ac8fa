package io.kepm.cli.replay;

import io.kepm.api.policy.Decision;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.cli.json.Json;
import io.kepm.policy.OfflinePolicies;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks two sets of policies what was once asked, and keeps what they differ in. One thread. */
public final class Replay {

    private final OfflinePolicies before;
    private final OfflinePolicies after;
    private final Groups groups;
    private final String machine;
    private final ZoneId zone;
    private final List<Json> different = new ArrayList<>();
    private final Map<String, Json> missing = new TreeMap<>();
    private long evaluations;
    private long replayed;
    private long otherwise;

    /**
     * @param machine the host that the records come from
     * @param zone of its local time
     */
    public Replay(
            OfflinePolicies before,
            OfflinePolicies after,
            Groups groups,
            String machine,
            ZoneId zone) {
        this.before = before;
        this.after = after;
        this.groups = groups;
        this.machine = machine;
        this.zone = zone;
    }

    /** Takes the next record; those of other types are skipped. */
    public void accept(Json record) {
        if (!record.at("audit_event_type").text().equals("POLICY_EVALUATION")) {
            return;
        }
        evaluations++;
        Rebuilt rebuilt = Rebuilt.of(record, groups, machine);
        if (rebuilt.request().isEmpty()) {
            miss(rebuilt.missing());
            return;
        }
        try {
            Instant time = Instant.parse(record.at("event_time").text());
            ask(record, rebuilt.request().get(), time.atZone(zone));
        } catch (DateTimeException e) {
            miss("event_time");
        }
    }

    private void miss(String fact) {
        long count = missing.getOrDefault(fact, Json.of(0)).number(0);
        missing.put(fact, Json.of(count + 1));
    }

    private void ask(Json record, EvaluationRequest request, ZonedDateTime at) {
        replayed++;
        Decision old = before.evaluate(request, at).decision();
        Decision now = after.evaluate(request, at).decision();
        String recorded = record.at("outcome").text();
        otherwise += recorded.equals(old.outcome()) ? 0 : 1;
        if (old.outcome().equals(now.outcome()) && controls(old).equals(controls(now))) {
            return;
        }
        Map<String, Json> one = new LinkedHashMap<>();
        one.put("seq", record.at("seq"));
        one.put("time", record.at("event_time"));
        one.put("user", Json.of(request.user().name()));
        one.put("eventType", Json.of(request.eventType()));
        one.put("path", Json.of(request.target().path()));
        one.put("argv", Json.texts(request.target().argv()));
        one.put("runAs", Json.of(request.runAs()));
        one.put("recorded", Json.of(recorded));
        one.put("old", json(old));
        one.put("new", json(now));
        different.add(Json.object(one));
    }

    private static List<String> controls(Decision decision) {
        return decision instanceof Decision.Pending pending
                ? pending.controls().stream().map(Enum::name).toList()
                : List.of();
    }

    private static Json json(Decision decision) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("outcome", Json.of(decision.outcome()));
        json.put("controls", Json.texts(controls(decision)));
        json.put(
                "policies",
                Json.texts(
                        decision.reasons().stream()
                                .flatMap(reason -> reason.policy().stream())
                                .map(policy -> policy.id())
                                .distinct()
                                .toList()));
        json.put("reason", Json.of(decision.reasons().get(0).text()));
        return Json.object(json);
    }

    /**
     * What came of it: {@code evaluations} in the file, {@code replayed} of them, {@code
     * different}, {@code notRebuilt} by the missing fact, {@code otherwiseThanRecorded}: how often
     * the old set says something else than the record.
     */
    public Json result() {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("evaluations", Json.of(evaluations));
        json.put("replayed", Json.of(replayed));
        json.put("different", Json.list(different));
        json.put("notRebuilt", Json.object(missing));
        json.put("otherwiseThanRecorded", Json.of(otherwise));
        json.put("groups", Json.of(groups.fromFile() ? "file" : "this machine"));
        json.put("machine", Json.of(machine));
        json.put("zone", Json.of(zone.getId()));
        json.put("assumed", Json.texts(Rebuilt.ASSUMED));
        return Json.object(json);
    }
}
