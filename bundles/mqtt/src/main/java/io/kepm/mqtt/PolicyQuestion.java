package io.kepm.mqtt;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.DecisionJson;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationForm;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EvaluationRequest.Machine;
import io.kepm.api.policy.EvaluationRequest.User;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRecords;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.Launches;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers one evaluation request, as {@code POST /api/evaluate} does: the decision is on record
 * before it leaves. A component of the plugin tier may describe whom it asks for; one of the user
 * tier asks for the user it runs as. Safe for use by many threads; waits for the disk.
 */
final class PolicyQuestion {

    private final PolicyEngine engine;
    private final SourceLimits sources;
    private final AuditLog audit;
    private final People people;
    private final Targets targets;
    private final Clock clock;

    PolicyQuestion(
            PolicyEngine engine,
            SourceLimits sources,
            AuditLog audit,
            People people,
            Targets targets,
            Clock clock) {
        this.engine = engine;
        this.sources = sources;
        this.audit = audit;
        this.people = people;
        this.targets = targets;
        this.clock = clock;
    }

    /** The members of an answer, in the order they are written. */
    Map<String, Object> answer(Launches.Verdict.Known asker, Fields fields) {
        SourceLimits.Source source =
                new SourceLimits.Source(asker.component().clientId(), asker.process().uid());
        if (sources.take(source, session(asker), Duration.ZERO)
                instanceof SourceLimits.Turn.Refused refused) {
            return problem(429, refused.text(), List.of());
        }
        try {
            return judged(asker, source, fields);
        } catch (StorageException e) {
            return problem(503, "the decision can't be put on record, so there is none", List.of());
        } catch (NameServiceException e) {
            return problem(503, "the name service does not answer: " + e.getMessage(), List.of());
        }
    }

    /** Of the process that was launched, not what it says of one. */
    private static String session(Launches.Verdict.Known asker) {
        return asker.process().uid() + "@mqtt";
    }

    private Map<String, Object> judged(
            Launches.Verdict.Known asker, SourceLimits.Source source, Fields fields)
            throws StorageException, NameServiceException {
        boolean whole = asker.component().tier() == Launches.Reach.PLUGIN;
        EvaluationForm form = new EvaluationForm(fields);
        ZonedDateTime now = ZonedDateTime.now(clock);
        Machine here = new Machine(targets.hostname(), "linux");
        ZonedDateTime at = whole ? form.describedInstant(now) : now;
        EvaluationRequest request;
        if (whole) {
            request =
                    form.request(
                            form.describedId(), form.describedUser(), form.describedMachine(here));
        } else {
            Optional<User> user = people.user(asker.process().uid());
            Optional<String> claimed = form.claimedName();
            if (user.isEmpty()
                    || (claimed.isPresent() && !claimed.get().equals(user.get().name()))) {
                sources.judged(source, session(asker), true);
                return problem(
                        403,
                        "you may ask for the user you run as only: leave out `user`",
                        List.of());
            }
            request = form.request(EvaluationForm.freshId(), user.get(), here);
        }
        if (!fields.faults().isEmpty()) {
            sources.judged(source, session(asker), true);
            return problem(422, "correct what `errors` names and send it again", fields.faults());
        }
        Evaluation evaluation = engine.evaluate(request, at);
        sources.judged(source, session(asker), evaluation.decision() instanceof Decision.Deny);
        audit.append(record(asker, PolicyRecords.asked(request, evaluation, "mqtt", at)));
        return DecisionJson.of(request.requestId(), evaluation, whole);
    }

    /** The record also says who asked. */
    private static AuditDraft record(Launches.Verdict.Known asker, AuditDraft.Builder draft) {
        String client = asker.component().clientId();
        return draft.detail("client", client).plugin(ClientIds.plugin(client), "").build();
    }

    /** In the form of RFC 9457, as at the API. */
    static Map<String, Object> problem(int status, String detail, List<Fields.Fault> faults) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "about:blank");
        json.put("status", (long) status);
        json.put("detail", detail);
        if (!faults.isEmpty()) {
            json.put("errors", faults.stream().map(Fields.Fault::json).toList());
        }
        return json;
    }
}
