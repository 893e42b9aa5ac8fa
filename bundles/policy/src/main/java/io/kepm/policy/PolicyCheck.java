package io.kepm.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    /** Checks files, and the {@code *.json} of folders, as one set. */
    public Result check(List<Path> paths) {
        Faults faults = new Faults();
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            try {
                if (Files.isDirectory(path)) {
                    files.addAll(PolicyFiles.in(path));
                } else {
                    files.add(path);
                }
            } catch (IOException e) {
                faults.add(new Fault(path.toString(), "", "", "cannot be read: " + e));
            }
        }
        List<PolicyDocument> documents =
                PolicyLoader.documents(PolicyFiles.read(files, faults), faults);
        return new Result(documents.size(), faults.list(), linter.look(documents));
    }
}
