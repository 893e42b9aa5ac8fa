package io.kepm.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Checks policies as the loader would, and looks for what is valid but likely not meant. Needs no
 * agent; for plain Java, outside of OSGi too. Safe for use by many threads.
 */
public final class PolicyCheck {

    /**
     * What was found.
     *
     * @param policies how many were read
     * @param errors what the loader would refuse; when there is any, it would refuse everything
     */
    public record Result(int policies, List<Fault> errors, List<Fault> warnings) {
        public Result {
            errors = List.copyOf(errors);
            warnings = List.copyOf(warnings);
        }

        public boolean isOk() {
            return errors.isEmpty();
        }
    }

    private final Linter linter = new Linter();

    /**
     * Checks files, and the {@code *.json} of folders, as one set.
     *
     * @param lockouts ids of policies that may lock everybody out
     */
    public Result check(List<Path> paths, Set<String> lockouts) {
        Faults faults = new Faults();
        List<PolicyDocument> documents =
                PolicyLoader.documents(PolicyFiles.readAll(paths, faults), faults);
        Lockout.faults(documents, lockouts).forEach(faults::add);
        return new Result(documents.size(), faults.list(), linter.look(documents));
    }
}
