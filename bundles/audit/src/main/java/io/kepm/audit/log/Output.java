package io.kepm.audit.log;

import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.util.List;

/**
 * A place outside where lines are sent as well; for use by one thread, which may be interrupted.
 */
interface Output {

    /**
     * Sends some lines.
     *
     * @param escaped records that may be printed as they are
     * @throws Refused when they would be refused again
     * @throws IOException when it may work later
     */
    void send(List<LogRecord> escaped) throws IOException, InterruptedException;

    /** The other side does not want these lines. */
    final class Refused extends IOException {
        Refused(String message) {
            super(message);
        }
    }
}
