package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.util.List;

/**
 * One place that records go to. Used by one thread, except for {@link #close}, which any thread may
 * call, and which ends a delivery that hangs as soon as the system lets it.
 */
interface Sink extends AutoCloseable {

    /**
     * Hands over records, in order; connects first where that is needed.
     *
     * @return what the other side says it did not keep; empty when it kept all
     * @throws IOException when some of them may not have arrived: they are to be sent again
     */
    String deliver(List<AuditEntry> batch) throws IOException;

    /**
     * Looks whether the other side is still there.
     *
     * @throws IOException when it is not, and what was sent to it last may be lost
     */
    void check() throws IOException;

    /** Whether a delivery that returned has arrived, rather than only left. */
    boolean acknowledges();

    @Override
    void close();
}
