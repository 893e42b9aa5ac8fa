package io.kepm.policy;

import java.util.Set;

/**
 * What the evaluator goes by beside the set.
 *
 * @param unmatchedDenies what an elevation request gets that no policy matches
 * @param approot the value of {@code {approot}}
 */
record EngineSettings(
        boolean unmatchedDenies,
        boolean enforceForAdministrators,
        Set<String> adminGroups,
        String approot) {

    static final EngineSettings DEFAULT =
            new EngineSettings(true, true, Set.of("sudo", "wheel", "admin"), "/opt/keeper/sbin");

    EngineSettings {
        adminGroups = Set.copyOf(adminGroups);
    }
}
