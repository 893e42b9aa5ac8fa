package io.kepm.api.policy;

import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Decides by the loaded policy set. Safe for use by many threads; never blocks on disk or network.
 */
@ProviderType
public interface PolicyEngine {

    /**
     * Judges a request at an instant of local time, without any effect. The caller commits {@link
     * PolicyRecords#evaluation} before it acts on the answer or passes it on.
     */
    Evaluation evaluate(EvaluationRequest request, ZonedDateTime at);

    /** Like {@link #evaluate}, with the verdict of every filter of every policy of the type. */
    Explanation explain(EvaluationRequest request, ZonedDateTime at);

    /**
     * What runs in place of a command whose elevation was allowed (policy.md §7); empty when the
     * command itself does. Whoever carries an allow out has to ask.
     */
    default Optional<Redirect> redirect(EvaluationRequest request) {
        return Optional.empty();
    }

    /**
     * Programs, by absolute path, of which policies in force want every command judged that they
     * start ({@code Intercept}); those that a policy names by a pattern, a bare name or a digest
     * alone are not among them. In order.
     */
    default List<String> judgedInside() {
        return List.of();
    }

    /** The set in force and whether the last attempt to load one failed. */
    Status status();

    /** The policies of the set in force, in order of their id. */
    List<Summary> policies();

    /** What a user may ask for here: policies in force whose user and machine filters match. */
    List<Entitlement> entitlements(EvaluationRequest.User user, EvaluationRequest.Machine machine);

    /**
     * What policies in force (not those that only watch) say about this machine's configuration, in
     * order of their ids: those of the types that carry some, such as {@code JobUpdate}.
     */
    default List<Configuration> configurations(EvaluationRequest.Machine machine) {
        return List.of();
    }

    /** Reads the folder again now; a bad set leaves the one in force as it is. */
    Status reload();

    /**
     * Checks a policy that is no file yet, as the loader would; no effect.
     *
     * @param document its JSON
     * @return one line for each fault; empty when it would be taken
     */
    default List<String> check(String document) {
        return List.of("this engine can't check policies");
    }

    /** What {@link #explain} found. */
    record Explanation(
            Evaluation evaluation, List<Reason> considered, Optional<Redirect> redirect) {
        public Explanation {
            considered = List.copyOf(considered);
        }

        public Explanation(Evaluation evaluation, List<Reason> considered) {
            this(evaluation, considered, Optional.empty());
        }
    }

    /**
     * A substitute.
     *
     * @param target absolute path of the program; empty with a fault
     * @param arguments its arguments, as the rule writes them
     * @param fault why the rules can't be read: then nothing may run; empty when they can
     */
    record Redirect(String target, String arguments, String fault) {
        /** For a person, lower case, no full stop. */
        public String text() {
            return fault.isEmpty()
                    ? "`" + (target + " " + arguments).strip() + "` runs in its place"
                    : "the redirect rules can't be read: " + fault;
        }
    }

    /**
     * The state of the set.
     *
     * @param loadedAt ISO instant
     * @param folder where policies are read from
     * @param failure why the last load was refused, one line for each fault; empty when it was not
     */
    record Status(
            Evaluation.Revision revision,
            int policies,
            String loadedAt,
            Path folder,
            List<String> failure) {
        public Status {
            failure = List.copyOf(failure);
        }
    }

    /**
     * What one policy says about configuration.
     *
     * @param extension its {@code Extension}, in JSON
     */
    record Configuration(PolicyRef policy, String type, String extension) {}

    /** One policy in a list. */
    record Summary(
            PolicyRef policy,
            String type,
            String status,
            List<String> controls,
            Optional<String> file) {
        public Summary {
            controls = List.copyOf(controls);
        }
    }

    /**
     * One line of what a user may ask for.
     *
     * @param commands the commands or programs it covers, as the policy writes them
     * @param controls what has to be met first; {@code DENY} for what is ruled out
     */
    record Entitlement(
            PolicyRef policy,
            String type,
            List<String> commands,
            List<String> runAs,
            List<String> controls) {
        public Entitlement {
            commands = List.copyOf(commands);
            runAs = List.copyOf(runAs);
            controls = List.copyOf(controls);
        }
    }
}
