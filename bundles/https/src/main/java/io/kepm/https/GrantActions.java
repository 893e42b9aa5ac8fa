package io.kepm.https;

import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchDecision.Extended;
import io.kepm.api.elevation.Requests;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.EvaluationRequest.Machine;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** What was given and what may be asked for; users see their own. */
final class GrantActions {

    private static final int LONGEST_REASON = 4096;

    /** Revision, lines, number. */
    private static final Pattern PLACE = Pattern.compile("[0-9]+-[0-9a-f]+\\.[0-9a-f]+\\.[0-9]+");

    private final LaunchDecision launches;
    private final PolicyEngine engine;
    private final Governance governance;
    private final People people;
    private final Targets targets;

    GrantActions(
            LaunchDecision launches,
            PolicyEngine engine,
            Governance governance,
            People people,
            Targets targets) {
        this.launches = launches;
        this.engine = engine;
        this.governance = governance;
        this.people = people;
        this.targets = targets;
    }

    Answer list(Call call) {
        Caller caller = call.caller();
        return Page.of(
                call,
                launches.grants().stream()
                        .filter(grant -> caller.isAdmin() || grant.uid() == caller.uid())
                        .map(GrantActions::json)
                        .toList());
    }

    /** One's own is given back; an administrator takes any. */
    Answer end(Call call) throws StorageException {
        Fields fields = new Fields(call.body());
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Caller caller = call.caller();
        if (!caller.isAdmin() && (caller.uid() < 0 || caller.isForeign())) {
            return noSuch();
        }
        Optional<Grant> ended =
                launches.endGrant(
                        call.variables().getOrDefault("id", ""),
                        people.info(caller).name(),
                        caller.isAdmin() ? OptionalLong.empty() : OptionalLong.of(caller.uid()));
        return ended.isPresent()
                ? Answer.ok(json(ended.get())).noted("grant " + ended.get().id() + " ended")
                : noSuch();
    }

    /** More time for one's own command, where policy gives it. */
    Answer extend(Call call) throws NameServiceException {
        Fields fields = new Fields(call.body());
        Optional<String> reason = fields.text("reason", LONGEST_REASON);
        String code = fields.text("code", Given.LONGEST_FACTOR).orElse("");
        boolean confirmed = fields.flag("confirm");
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Requests.Person> who = people.person(call.caller());
        if (who.isEmpty()) {
            return RequestActions.noAccount();
        }
        Extended extended =
                launches.extend(
                        call.variables().getOrDefault("id", ""),
                        who.get().uid(),
                        reason,
                        new Given(code, confirmed));
        if (extended instanceof Extended.Done done) {
            return Answer.ok(json(done.grant())).noted("grant " + done.grant().id() + " extended");
        }
        if (extended instanceof Extended.Waits waits) {
            return Answer.ok(RequestActions.json(waits.request(), who.get()));
        }
        return extended instanceof Extended.Refused refused
                ? AskAction.refused(refused.code(), refused.message())
                : noSuch();
    }

    private static Answer noSuch() {
        return Answer.problem(404, "there is no such grant of yours: `kepm grants` lists them");
    }

    Answer entitlements(Call call) throws NameServiceException {
        Optional<Account> own = people.account(call.caller());
        Optional<String> asked = Optional.ofNullable(call.query().get("user"));
        if (!call.caller().isAdmin()
                && asked.isPresent()
                && !asked.equals(own.map(Account::name))) {
            return Answer.problem(403, "you may ask for yourself only: leave out `user`");
        }
        Optional<Account> account = asked.isPresent() ? people.byName(asked.get()) : own;
        if (account.isEmpty()) {
            return Answer.invalid("?user", "no such user");
        }
        String revision = engine.status().revision().label();
        List<PolicyEngine.Entitlement> lines =
                engine.entitlements(
                        people.facts(account.get()), new Machine(targets.hostname(), "linux"));
        // A place in the list is one of this revision and of these very lines: groups change them.
        String list = revision + "." + Integer.toHexString(lines.hashCode()) + ".";
        String after = call.query().getOrDefault("after", "");
        if (PLACE.matcher(after).matches() && !after.startsWith(list)) {
            return Answer.invalid(
                    "?after",
                    "the policies, or the groups of `"
                            + account.get().name()
                            + "`, changed since that page: begin anew, without `after`");
        }
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("user", account.get().name());
        more.put("governed", governance.governed().contains(account.get().name()));
        Map<String, String> page = new LinkedHashMap<>(call.query());
        page.remove("user");
        return Page.of(
                new Call(call.caller(), call.variables(), page, call.body()),
                IntStream.range(0, lines.size()).boxed().toList(),
                place -> list + place,
                place -> json(lines.get(place)),
                more);
    }

    private static Map<String, Object> json(PolicyEngine.Entitlement line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("policyId", line.policy().id());
        json.put("policyName", line.policy().name());
        json.put("type", line.type());
        json.put("commands", line.commands());
        json.put("runAs", line.runAs());
        json.put("controls", line.controls());
        return json;
    }

    private static Map<String, Object> json(Grant grant) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", grant.id());
        json.put("requestId", grant.requestId());
        json.put("user", grant.user());
        json.put("uid", grant.uid());
        json.put("path", grant.path());
        json.put("argv", grant.argv());
        json.put("runAs", grant.runAs());
        json.put("from", grant.from().toString());
        json.put("to", grant.to().toString());
        json.put("why", grant.why());
        return json;
    }
}
