package io.kepm.https;

import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchDecision.Ahead;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Peer;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.EventType;
import io.kepm.api.storage.StorageException;
import io.kepm.https.HeldRequests.Held;
import io.kepm.https.HeldRequests.Step;
import io.kepm.https.Route.Pace;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks ahead for the approval of a command, for oneself alone. What a person would be asked on the
 * way comes with it, or, where it does not, one by one afterwards: the reason, a confirmation, a
 * code of the second factor.
 */
final class AskAction {

    private static final int TEXT = 4096;

    private static final int MOST_ARGUMENTS = 1_000;

    private static final Map<String, Step> STEPS =
            Map.of(
                    "control:mfa", Step.MFA,
                    "control:justify", Step.JUSTIFICATION,
                    "control:operatorapproval", Step.ACKNOWLEDGE);

    private final LaunchDecision launches;
    private final Requests requests;
    private final People people;
    private final CommandPath commands;
    private final HeldRequests held;

    AskAction(
            LaunchDecision launches,
            Requests requests,
            People people,
            CommandPath commands,
            HeldRequests held) {
        this.launches = launches;
        this.requests = requests;
        this.people = people;
        this.commands = commands;
        this.held = held;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/api/requests", Tier.USER, this::ask).at(Pace.DECISIONS),
                Route.post("/api/requests/{id}/justification", Tier.USER, this::justify)
                        .at(Pace.DECISIONS),
                Route.post("/api/requests/{id}/acknowledge", Tier.USER, this::acknowledge)
                        .at(Pace.DECISIONS),
                Route.post("/api/requests/{id}/mfa", Tier.USER, this::prove).at(Pace.DECISIONS));
    }

    private Answer ask(Call call) throws NameServiceException {
        Optional<Person> who = people.person(call.caller());
        if (who.isEmpty()) {
            return RequestActions.noAccount();
        }
        Fields fields = new Fields(call.body());
        List<String> argv = fields.texts("argv").orElse(List.of());
        String runAs = fields.text("runAs", 256).orElse("root");
        String cwd = fields.text("cwd", TEXT).orElse("/");
        Optional<String> reason = fields.text("reason", TEXT);
        String code = fields.text("code", Given.LONGEST_FACTOR).orElse("");
        boolean confirmed = fields.flag("confirm");
        if (argv.isEmpty() || argv.size() > MOST_ARGUMENTS) {
            fields.fault("argv", "the command and its arguments, at most " + MOST_ARGUMENTS);
        }
        if (!cwd.startsWith("/")) {
            fields.fault("cwd", "not an absolute path");
        }
        Optional<String> path = argv.isEmpty() ? Optional.empty() : commands.find(argv.get(0));
        if (!argv.isEmpty() && path.isEmpty()) {
            fields.fault("argv/0", "no such command: name it by its absolute path");
        }
        if (!fields.faults().isEmpty() || path.isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Wanted wanted = new Wanted(path.get(), argv, runAs, cwd);
        LaunchRequest request = wanted.by(who.get(), pid(call), reason);
        Ahead ahead = launches.ask(request, new Given(code, confirmed));
        Optional<Step> unmet = unmet(ahead);
        if (unmet.isEmpty()) {
            return told(ahead, who.get());
        }
        Set<Step> missing = missing(request, unmet.get(), reason.isPresent(), confirmed);
        return held.keep(who.get().uid(), wanted, missing, reason, confirmed)
                .map(one -> with(told(ahead, who.get()), one))
                .orElseGet(() -> told(ahead, who.get()));
    }

    private Answer justify(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        String reason = fields.requiredText("reason", TEXT);
        return fields.faults().isEmpty()
                ? step(call, one -> one.told(reason), "")
                : Answer.invalid(fields.faults());
    }

    private Answer acknowledge(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        return fields.faults().isEmpty()
                ? step(call, Held::acknowledged, "")
                : Answer.invalid(fields.faults());
    }

    private Answer prove(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        String code = fields.requiredText("code", Given.LONGEST_FACTOR);
        return fields.faults().isEmpty()
                ? step(call, one -> one, code)
                : Answer.invalid(fields.faults());
    }

    /** Takes one held request further. */
    private interface Change {
        Held of(Held one);
    }

    private Answer step(Call call, Change change, String code)
            throws NameServiceException, StorageException {
        Optional<Person> who = people.person(call.caller());
        if (who.isEmpty()) {
            return RequestActions.noAccount();
        }
        String id = call.variables().getOrDefault("id", "");
        Optional<Held> found = held.find(id, who.get().uid());
        if (found.isEmpty()) {
            return requests.view(id, who.get()).isPresent()
                    ? Answer.problem(409, "what this request needed is there: it waits")
                    : RequestActions.unknown();
        }
        Held now = change.of(found.get());
        held.put(now);
        boolean last =
                now.missing().isEmpty()
                        || (!code.isEmpty() && now.missing().equals(Set.of(Step.MFA)));
        if (!last) {
            return code.isEmpty()
                    ? Answer.ok(json(now))
                    : with(Answer.problem(409, "a code counts once: send it last"), now);
        }
        LaunchRequest request = now.wanted().by(who.get(), pid(call), now.reason());
        Ahead ahead = launches.ask(request, new Given(code, now.confirmed()));
        Optional<Step> unmet = unmet(ahead);
        if (unmet.isEmpty()) {
            held.drop(now);
            return told(ahead, who.get());
        }
        Set<Step> missing = EnumSet.of(unmet.get());
        if (!code.isEmpty()) {
            missing.add(Step.MFA);
        }
        Held again = now.lacking(missing);
        held.put(again);
        return with(told(ahead, who.get()), again);
    }

    private static int pid(Call call) {
        return call.caller().peer().map(Peer::pid).orElse(0);
    }

    private static Optional<Step> unmet(Ahead ahead) {
        return ahead instanceof Ahead.Refused refused
                ? Optional.ofNullable(STEPS.get(refused.code()))
                : Optional.empty();
    }

    /** What policy wants to know of it, as far as it was not said; what was said may be wrong. */
    private Set<Step> missing(
            LaunchRequest request, Step unmet, boolean hasReason, boolean confirmed)
            throws NameServiceException {
        Set<Step> missing = EnumSet.of(unmet);
        if (launches.explain(request, EventType.COMMAND_LINE.wireName()).evaluation().decision()
                instanceof Decision.Pending pending) {
            List<Control> controls = pending.controls();
            if (controls.contains(Control.MFA)) {
                missing.add(Step.MFA);
            }
            if (controls.contains(Control.JUSTIFY) && !hasReason) {
                missing.add(Step.JUSTIFICATION);
            }
            if (controls.contains(Control.OPERATORAPPROVAL) && !confirmed) {
                missing.add(Step.ACKNOWLEDGE);
            }
        }
        return missing;
    }

    private static Map<String, Object> json(Held one) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", one.id());
        json.put("missing", one.missing().stream().sorted().map(Step::word).toList());
        json.put("until", one.until().toString());
        return json;
    }

    /** A refusal, with what can be done about it. */
    private static Answer with(Answer refusal, Held one) {
        Map<String, Object> body = new LinkedHashMap<>(refusal.body().orElse(Map.of()));
        body.putAll(json(one));
        return refusal.withBody(body);
    }

    private static Answer told(Ahead ahead, Person who) {
        if (ahead instanceof Ahead.Kept kept) {
            Map<String, Object> body = RequestActions.json(kept.request(), who);
            return Answer.ok(body);
        }
        if (ahead instanceof Ahead.Refused refused) {
            return refused(refused.code(), refused.message());
        }
        return Answer.ok(Map.of("needed", false));
    }

    /** Why, for a person and, by its code, for a program. */
    static Answer refused(String code, String message) {
        Answer problem = Answer.problem(409, message);
        Map<String, Object> body = new LinkedHashMap<>(problem.body().orElse(Map.of()));
        body.put("code", code);
        return problem.withBody(body);
    }
}
