package io.kepm.sudo;

import io.kepm.api.elevation.LaunchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Options of sudo that the person gave. Those that change nothing which policy does not see anyway
 * are let through; every other one, known or not, goes into {@link LaunchRequest#options} and is
 * refused there.
 */
final class SudoOptions {

    /**
     * {@code -i} and {@code -s} make the shell the command, which policy judges with its arguments;
     * {@code -H} sets what the drop-in resets.
     */
    private static final Set<String> HARMLESS =
            Set.of("login_shell", "run_shell", "implied_shell", "set_home");

    private SudoOptions() {}

    /** Those that policy would have to name, as {@code NAME=VALUE}. */
    static List<String> judged(Fields fields) throws MalformedException {
        List<String> judged = new ArrayList<>();
        for (String option : fields.all("option")) {
            int equals = option.indexOf('=');
            if (equals <= 0) {
                throw new MalformedException("an `option` without a name");
            }
            if (!HARMLESS.contains(option.substring(0, equals))) {
                judged.add(option);
            }
        }
        for (String key : fields.garbled()) {
            judged.add("not_utf8=" + key);
        }
        return judged;
    }
}
