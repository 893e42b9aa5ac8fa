package io.kepm.policy;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What follows from the policies that matched (policy.md §4). */
final class Outcome {

    private static final List<Control> ORDER =
            List.of(Control.MFA, Control.JUSTIFY, Control.OPERATORAPPROVAL, Control.APPROVAL);

    private final boolean unmatchedDenies;

    Outcome(boolean unmatchedDenies) {
        this.unmatchedDenies = unmatchedDenies;
    }

    /** The decision of these policies together, in order of their ids. */
    Decision decide(List<Match> matches, List<Guards.Raised> raised, Facts facts) {
        if (any(matches, Match::denied)) {
            List<Match> denying = matches.stream().filter(Match::denied).toList();
            return new Decision.Deny(reasons(denying, "denies it", facts));
        }
        for (Guards.Raised guard : raised) {
            if (!isWaived(guard, matches)) {
                return new Decision.Deny(guarded(guard, matches));
            }
        }
        if (matches.isEmpty()) {
            return unmatched(facts.type());
        }
        List<Control> controls = controls(matches);
        if (!any(matches, Match::gives)) {
            return nothingGiven(matches, controls, facts);
        }
        if (controls.isEmpty()) {
            return new Decision.Allow(
                    ConditionsOf.merge(matches, facts), reasons(matches, "allows it", facts));
        }
        List<Match> asking = matches.stream().filter(match -> match.policy().asks()).toList();
        String asks =
                "asks for " + controls.stream().map(Enum::name).collect(Collectors.joining(", "));
        return new Decision.Pending(
                controls,
                ConditionsOf.merge(matches, facts),
                reasons(asking, asking.size() == 1 ? asks : "asks for controls", facts));
    }

    /** The guard, and whether a policy would ask for something all the same: that binds others. */
    private static List<Reason> guarded(Guards.Raised guard, List<Match> matches) {
        Reason reason = Reason.of(guard.kind().code(), guard.text());
        return any(matches, match -> match.policy().asks())
                ? List.of(reason, Reason.of(Reason.BESIDE, "a policy asks for controls as well"))
                : List.of(reason);
    }

    private static boolean any(List<Match> matches, Predicate<Match> wanted) {
        for (int i = 0; i < matches.size(); i++) {
            if (wanted.test(matches.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Nobody gains by a name that no policy names, nor by a signature that can't be judged, and no
     * control is lost by either.
     */
    private Decision nothingGiven(List<Match> matches, List<Control> controls, Facts facts) {
        if (controls.isEmpty()) {
            return unmatched(facts.type());
        }
        List<Reason> reasons = new ArrayList<>(matches.size());
        for (Match match : matches) {
            String verb =
                    match.bySigner()
                            ? "covers what is signed by those whom it lists"
                            : "covers the program, but under another name than this one";
            reasons.add(reason(match, verb, facts));
        }
        return new Decision.Deny(reasons);
    }

    /** Some policy has to give, and all that do have to carry the key. */
    private static boolean isWaived(Guards.Raised guard, List<Match> matches) {
        return !matches.isEmpty()
                && matches.stream()
                        .map(match -> match.policy().extension().terms())
                        .allMatch(guard.kind()::isWaivedBy);
    }

    private static List<Control> controls(List<Match> matches) {
        Controls union = Controls.NONE;
        for (int i = 0; i < matches.size(); i++) {
            union = union.and(matches.get(i).policy().controls());
        }
        if (!union.ask()) {
            return List.of();
        }
        List<Control> controls = new ArrayList<>(ORDER.size());
        for (Control control : ORDER) {
            boolean brought = control == Control.JUSTIFY && union.has(Control.APPROVAL);
            if (union.has(control) || brought) {
                controls.add(control);
            }
        }
        return controls;
    }

    private Decision unmatched(EventType type) {
        boolean elevates = type.isElevation() || type == EventType.HTTP_ACCESS;
        if (elevates && unmatchedDenies) {
            return new Decision.Deny(
                    List.of(Reason.of(Reason.UNMATCHED, "no policy in force covers this request")));
        }
        return new Decision.NotGoverned(
                List.of(Reason.of(Reason.NOT_GOVERNED, "no policy in force covers this request")));
    }

    private static List<Reason> reasons(List<Match> matches, String verb, Facts facts) {
        if (matches.size() == 1) {
            return List.of(reason(matches.get(0), verb, facts));
        }
        List<Reason> reasons = new ArrayList<>(matches.size());
        for (int i = 0; i < matches.size(); i++) {
            reasons.add(reason(matches.get(i), verb, facts));
        }
        return reasons;
    }

    private static Reason reason(Match match, String verb, Facts facts) {
        PolicyDocument policy = match.policy();
        String doubt = match.bySigner() ? Signed.doubt(policy, facts.request().target()) : "";
        return new Reason(
                Reason.POLICY,
                doubt.isEmpty() ? verb : verb + "; who signed it is not known: " + doubt,
                Optional.of(policy.ref()),
                new Verdicts(policy, facts),
                true,
                policy.risk());
    }
}
