package io.kepm.api.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.linux.TransientUnits.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What commands showed, for as long as the site keeps it: each in a file of its own, sealed with a
 * key of its own, and its digest on record. Safe for use by many threads.
 */
@ProviderType
public interface SessionRecordings {

    /**
     * Begins one.
     *
     * @throws IOException when it can't be recorded, and why: its command must not run then
     */
    Recording begin(About about) throws IOException;

    /** One that goes on. INVARIANT: whoever began it says one of these three. */
    interface Recording extends Recorder {

        /** Its command runs. */
        void begun();

        /** Its command never began: nothing is kept of it but that. */
        void neverBegun();

        /** Its command was ended, and may have run before: what there is is kept, as cut. */
        void mayHaveBegun();
    }

    /**
     * Whose command it is. What looks like a secret in the vector is hidden, and a long one is cut
     * as records cut it.
     *
     * @param grantId of the right by which it runs
     */
    record About(
            String grantId,
            String requestId,
            String user,
            long uid,
            String runAs,
            String path,
            List<String> argv) {
        public About {
            argv = new AuditDraft.TargetInfo(path, argv, "", "", runAs).argv();
        }
    }

    /** All that are kept, the newest first. */
    List<RecordedSession> list() throws IOException;

    /** The one of this id, or whose id alone begins with it (six characters or more). */
    Optional<RecordedSession> find(String id) throws IOException;

    /**
     * What follows a place. From the first one on, the digest of what has ended is compared.
     *
     * @throws IOException when it is not there, or is not what was written
     */
    Part read(RecordedSession session, Place from) throws IOException;

    /**
     * Where a part begins.
     *
     * @param offset in its file, bytes
     * @param segment its number, from 0 on
     */
    record Place(long offset, int segment) {
        public static final Place FIRST = new Place(0, 0);
    }

    /**
     * Some of it.
     *
     * @param next where it goes on; empty at the end, as far as there is one by now
     */
    record Part(List<Event> events, Optional<Place> next) {
        public Part {
            events = List.copyOf(events);
        }
    }

    /**
     * Something that was shown.
     *
     * @param kind as in {@link Recorder}
     */
    record Event(Duration since, char kind, String text) {}
}
