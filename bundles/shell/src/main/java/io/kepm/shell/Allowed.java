package io.kepm.shell;

import java.util.Set;
import java.util.TreeSet;

/**
 * The commands that the shell runs. INVARIANT: what is not in this list is refused, whatever else
 * Karaf brings along; its scripting, file and start commands are not in it.
 */
final class Allowed {

    private static final Set<String> OWN =
            Set.of(
                    "kepm:audit",
                    "kepm:grants",
                    "kepm:help",
                    "kepm:log-level",
                    "kepm:policy-explain",
                    "kepm:status");

    /** Karaf's own that only look. */
    private static final Set<String> READ_ONLY =
            Set.of(
                    "bundle:capabilities",
                    "bundle:diag",
                    "bundle:headers",
                    "bundle:info",
                    "bundle:list",
                    "bundle:requirements",
                    "bundle:services",
                    "bundle:status",
                    "bundle:tree-show");

    /** Those that change something meet the framework guard like everything else. */
    private static final Set<String> CHANGING =
            Set.of("bundle:install", "bundle:start", "bundle:stop", "bundle:update");

    private Allowed() {}

    static boolean contains(String command) {
        return all().contains(command);
    }

    static Set<String> all() {
        Set<String> all = new TreeSet<>(OWN);
        all.addAll(READ_ONLY);
        all.addAll(CHANGING);
        return all;
    }
}
