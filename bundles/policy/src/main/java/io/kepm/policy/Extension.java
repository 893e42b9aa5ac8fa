package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest.Access;
import java.util.List;
import java.util.Set;

/**
 * What a policy says beyond the filters, by its type; members of other types are empty.
 *
 * @param commands {@code Commands} and {@code AllowCommands}: a union
 * @param runAs empty when the policy names none
 * @param minAiLikelihood 0 where it does not apply
 * @param agentic of the agentic types, for those who carry the grant out
 * @param exclusions users that least privilege spares
 * @param configuration the object as text, of the types that carry configuration
 */
record Extension(
        List<PathPrefix> folders,
        List<CommandRule> commands,
        List<CommandRule> denied,
        List<String> runAs,
        Terms terms,
        List<AppEntry> paths,
        Set<Access> access,
        List<UrlPattern> urls,
        int minAiLikelihood,
        Agentic agentic,
        List<String> exclusions,
        List<String> adminGroups,
        String configuration) {

    /** How an agentic grant is offered. */
    record Agentic(boolean overlay, List<Integer> durations, String controlsJob) {
        Agentic {
            durations = List.copyOf(durations);
        }
    }

    Extension {
        folders = List.copyOf(folders);
        commands = List.copyOf(commands);
        denied = List.copyOf(denied);
        runAs = List.copyOf(runAs);
        paths = List.copyOf(paths);
        access = Set.copyOf(access);
        urls = List.copyOf(urls);
        exclusions = List.copyOf(exclusions);
        adminGroups = List.copyOf(adminGroups);
    }

    /** A pattern equals itself alone: what holds one is never shared. */
    boolean hasPatterns() {
        return !(folders.isEmpty() && commands.isEmpty() && denied.isEmpty() && paths.isEmpty());
    }
}
