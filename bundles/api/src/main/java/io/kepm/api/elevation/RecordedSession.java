package io.kepm.api.elevation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A command whose output was recorded.
 *
 * @param id of its grant
 * @param uid of who asked for it
 * @param ended empty while it runs
 * @param segments how many there are by now
 * @param bytes size of its file
 * @param sha256 of its file, lower-case hex; empty while it runs
 */
public record RecordedSession(
        String id,
        String requestId,
        String user,
        long uid,
        String runAs,
        List<String> argv,
        Instant begun,
        Optional<Instant> ended,
        State state,
        int segments,
        long bytes,
        String sha256) {

    public RecordedSession {
        argv = List.copyOf(argv);
    }

    /** How far it got. */
    public enum State {
        RUNNING,
        WHOLE,
        /** It ends before its command did, or that was ended for it. */
        CUT
    }
}
