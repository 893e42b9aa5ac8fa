package io.kepm.policy;

import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.Reason;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Request, set, instant: decision. A pure function without clock, disk, network or OSGi; immutable,
 * for any number of threads.
 */
final class Evaluator {

    private final PolicySet set;
    private final Evaluation.Revision revision;
    private final EngineSettings settings;
    private final Guards guards;
    private final Outcome outcome;

    Evaluator(PolicySet set, Evaluation.Revision revision, EngineSettings settings, Guards guards) {
        this.set = set;
        this.revision = revision;
        this.settings = settings;
        this.guards = guards;
        outcome = new Outcome(settings.unmatchedDenies());
    }

    Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
        Optional<String> malformed = guards.malformed(request);
        if (malformed.isPresent()) {
            Reason reason = Reason.of(Guards.MALFORMED, malformed.get());
            return new Evaluation(new Decision.Deny(List.of(reason)), List.of(), revision);
        }
        return evaluate(facts(request, at));
    }

    /** The request of a known type, digested. */
    Facts facts(EvaluationRequest request, ZonedDateTime at) {
        EventType type = WellFormed.type(request.eventType()).orElseThrow();
        return new Facts(request, type, at, settings.approot());
    }

    private Evaluation evaluate(Facts facts) {
        List<Match> enforced = new ArrayList<>(4);
        List<Match> watching = new ArrayList<>(0);
        set.match(facts, enforced, watching);
        List<Guards.Raised> raised = guards.raised(facts);
        if (!settings.enforceForAdministrators()
                && Matcher.isAdministrator(facts, settings.adminGroups())) {
            watching.addAll(enforced);
            watching.sort((a, b) -> a.policy().id().compareTo(b.policy().id()));
            Reason reason =
                    Reason.of(
                            Reason.NOT_GOVERNED, "administrators are not governed on this machine");
            return new Evaluation(
                    new Decision.NotGoverned(List.of(reason)),
                    wouldHave(watching, raised, facts),
                    revision);
        }
        Decision decision = outcome.decide(enforced, raised, facts);
        return new Evaluation(
                decision,
                wouldHave(watching, raised, facts),
                revision,
                Spoken.of(decision, enforced));
    }

    /** Each policy that only watches, with the outcome that it alone would have had. */
    private List<Evaluation.WouldHave> wouldHave(
            List<Match> watching, List<Guards.Raised> raised, Facts facts) {
        if (watching.isEmpty()) {
            return List.of();
        }
        List<Evaluation.WouldHave> records = new ArrayList<>(watching.size());
        for (Match match : watching) {
            PolicyDocument policy = match.policy();
            boolean told = policy.status() == PolicyStatus.MONITOR_AND_NOTIFY;
            records.add(
                    new Evaluation.WouldHave(
                            policy.ref(),
                            outcome.decide(List.of(match), raised, facts).outcome(),
                            told,
                            policy.notice(),
                            told && policy.acknowledge()));
        }
        return records;
    }
}
