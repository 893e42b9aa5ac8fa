package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;

/**
 * A set of policies that is read once and asked without an agent, under the default settings; for
 * plain Java, outside of OSGi too. Immutable, for any number of threads.
 */
public final class OfflinePolicies {

    private final List<Fault> faults;
    private final PolicySet set;
    private final Guards guards;
    private final Evaluator evaluator;

    private OfflinePolicies(List<Fault> faults, PolicySet set) {
        this.faults = List.copyOf(faults);
        this.set = set;
        guards = new Guards(new ProtectedTargets(ProtectedList.shipped(), Set.of()));
        evaluator =
                new Evaluator(
                        set,
                        new Evaluation.Revision(1, set.sha256()),
                        EngineSettings.DEFAULT,
                        guards);
    }

    /** Reads files, and the {@code *.json} of folders, as one set. */
    public static OfflinePolicies read(List<Path> paths) {
        Faults faults = new Faults();
        PolicySet set = PolicyLoader.load(PolicyFiles.readAll(paths, faults), faults);
        return new OfflinePolicies(faults.list(), faults.isEmpty() ? set : PolicySet.EMPTY);
    }

    /** What the loader refuses; when there is anything, the set is empty and denies. */
    public List<Fault> faults() {
        return faults;
    }

    /** How many policies there are, the switched-off ones too. */
    public int count() {
        return set.policies().size();
    }

    /** Judges a request at an instant of local time, as the agent would. */
    public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
        return evaluator.evaluate(request, at);
    }

    PolicySet set() {
        return set;
    }

    Guards guards() {
        return guards;
    }
}
