package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A set of policies that is read once and asked without an agent; for plain Java, outside of OSGi
 * too. Immutable, for any number of threads.
 */
public final class OfflinePolicies {

    private final List<Fault> faults;
    private final PolicySet set;
    private final EngineSettings settings;
    private final Guards guards;
    private final Evaluator evaluator;

    private OfflinePolicies(List<Fault> faults, PolicySet set, EngineSettings settings) {
        this.faults = List.copyOf(faults);
        this.set = set;
        this.settings = settings;
        guards = new Guards(new ProtectedTargets(ProtectedList.shipped(), Set.of()));
        evaluator = new Evaluator(set, new Evaluation.Revision(1, set.sha256()), settings, guards);
    }

    /** Reads files, and the {@code *.json} of folders, as one set, under the default settings. */
    public static OfflinePolicies read(List<Path> paths) {
        return read(paths, Optional.empty());
    }

    /**
     * The same, under the settings of an agent.
     *
     * @param appsettings the file of the agent that would be asked
     */
    public static OfflinePolicies read(List<Path> paths, Optional<Path> appsettings) {
        Faults faults = new Faults();
        EngineSettings settings =
                appsettings.map(file -> settings(file, faults)).orElse(EngineSettings.DEFAULT);
        PolicySet set = PolicyLoader.load(PolicyFiles.readAll(paths, faults), faults);
        return new OfflinePolicies(
                faults.list(), faults.isEmpty() ? set : PolicySet.EMPTY, settings);
    }

    private static EngineSettings settings(Path file, Faults faults) {
        Place place = new Place(faults, file.toString(), "", "");
        try {
            return JsonText.read(Files.readAllBytes(file), place)
                    .map(node -> EngineSettings.ofFile(node, place))
                    .orElse(EngineSettings.DEFAULT);
        } catch (IOException e) {
            place.refuse("cannot be read: " + e);
            return EngineSettings.DEFAULT;
        }
    }

    /** Whether a request for elevation that no policy matches is denied. */
    public boolean unmatchedDenies() {
        return settings.unmatchedDenies();
    }

    /** The groups whose members no policy governs, in order; none when everybody is governed. */
    public List<String> ungoverned() {
        return settings.enforceForAdministrators()
                ? List.of()
                : settings.adminGroups().stream().sorted().toList();
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

    EngineSettings settings() {
        return settings;
    }

    PolicySet set() {
        return set;
    }

    Guards guards() {
        return guards;
    }
}
