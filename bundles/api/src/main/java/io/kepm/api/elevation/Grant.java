package io.kepm.api.elevation;

import io.kepm.api.audit.Secrets;
import java.time.Instant;
import java.util.List;

/**
 * A right that was given: who, what exactly, as whom, from when to when, and why. What looks like a
 * secret in the vector is hidden: nothing is decided by it any more.
 */
public record Grant(
        String id,
        String requestId,
        String user,
        long uid,
        String path,
        List<String> argv,
        String runAs,
        Instant from,
        Instant to,
        String why) {
    public Grant {
        argv = List.copyOf(Secrets.hiddenInArgv(argv));
    }
}
