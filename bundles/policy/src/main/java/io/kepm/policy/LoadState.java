package io.kepm.policy;

import io.kepm.api.trust.FileTrust;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the last attempt to load a set ended.
 *
 * @param trusted whether only root could have changed the folder
 * @param failure one line for each fault; empty when it went well
 * @param advice what to do about it
 */
record LoadState(boolean trusted, List<String> failure, String advice) {

    private static final String UNRECORDED = "the policy set cannot be recorded: ";

    static final LoadState GOOD = new LoadState(true, List.of(), "");
    static final LoadState NOT_LOADED =
            faulty("no policy set was loaded yet", "wait, or see the log of the agent");

    LoadState {
        failure = List.copyOf(failure);
    }

    static LoadState faulty(List<Fault> faults) {
        return new LoadState(
                true,
                faults.stream().map(Fault::text).toList(),
                "repair the file; `kepm policy check` shows every fault");
    }

    /** The same, and the record of it could not be written either. */
    LoadState unrecorded(String cause) {
        List<String> lines = new ArrayList<>(equals(NOT_LOADED) ? List.of() : failure);
        lines.remove(UNRECORDED + cause);
        lines.add(UNRECORDED + cause);
        return new LoadState(trusted, lines, "see the health of the store and of the audit");
    }

    private static LoadState faulty(String failure, String advice) {
        return new LoadState(true, List.of(failure), advice);
    }

    static LoadState untrusted(Path folder, List<FileTrust.Violation> violations) {
        return new LoadState(
                false,
                violations.stream()
                        .map(
                                violation ->
                                        "policies in "
                                                + folder
                                                + " are not loaded: "
                                                + violation.path()
                                                + ": "
                                                + violation.detail()
                                                + "; repair with: "
                                                + violation.repair())
                        .toList(),
                violations.stream()
                        .map(FileTrust.Violation::repair)
                        .distinct()
                        .collect(Collectors.joining(" && ")));
    }
}
