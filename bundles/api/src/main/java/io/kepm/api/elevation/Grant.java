package io.kepm.api.elevation;

import java.time.Instant;
import java.util.List;

/** A right that was given: who, what exactly, as whom, from when to when, and why. */
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
        argv = List.copyOf(argv);
    }
}
