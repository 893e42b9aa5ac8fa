package io.kepm.cli;

import io.kepm.cli.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What can be said about policy files without an agent. */
public interface PolicyDesk {

    /**
     * Reads policies as the loader would.
     *
     * @param lockouts ids of policies that may lock everybody out
     * @return {@code ok}, {@code errors} and {@code warnings}; each with {@code file}, {@code
     *     policyId}, {@code field}, {@code message}
     * @throws IOException when a file or folder can't be read
     */
    Json check(List<Path> paths, Set<String> lockouts) throws IOException;

    /**
     * Runs a file of cases.
     *
     * @return {@code cases}: how many there are; {@code failed}: {@code name} and {@code
     *     explanation}; {@code errors}, as above, when the file is of no use
     * @throws IOException when it can't be read
     */
    Json test(Path file) throws IOException;

    /** What the loader would refuse in a policy that is no file yet, a line each. */
    List<String> refusals(Json policy);
}
