package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import java.util.concurrent.Callable;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One door that is open or keeps trying. {@link #tend} is called again and again by one thread; any
 * thread may read {@link #trouble}.
 */
final class Leaf {

    private static final Logger LOG = LoggerFactory.getLogger(Leaf.class);

    private final String place;
    private final Callable<Connector> opener;
    private final AuditLog audit;
    private volatile String trouble;
    private volatile boolean failed;
    private volatile @Nullable Connector connector;

    /**
     * A door that is shut until it is tended.
     *
     * @param place address or path, for people
     * @param opener makes a connector that listens
     */
    Leaf(String place, Callable<Connector> opener, AuditLog audit) {
        this.place = place;
        this.opener = opener;
        this.audit = audit;
        trouble = place + " is not open yet";
    }

    /** Opens the door unless it is open. */
    void tend() {
        Connector open = connector;
        if (open != null && open.isRunning()) {
            return;
        }
        try {
            connector = opener.call();
            trouble = "";
            failed = false;
            LOG.info("listening on {}", place);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            report(e);
        }
    }

    void close() {
        Connector open = connector;
        if (open != null) {
            try {
                open.stop();
            } catch (Exception e) {
                LOG.debug("{} did not close in order", place, e);
            }
        }
        trouble = place + " is closed";
    }

    /** Why it is not open; empty when it is. */
    String trouble() {
        return trouble;
    }

    /** Whether an attempt has failed, as opposed to none having been made yet. */
    boolean hasFailed() {
        return failed;
    }

    /** Whether it is open, or an attempt has failed. */
    boolean isSettled() {
        return failed || trouble.isEmpty();
    }

    private void report(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        trouble = place + " can't be opened: " + cause.getMessage();
        LOG.debug("{}", trouble, e);
        if (failed) {
            return;
        }
        failed = true;
        LOG.warn("{}; trying again", trouble);
        try {
            // Whoever sits on a place of ours poses as us.
            audit.append(
                    AuditDraft.of(AuditType.PROCESS_AUTHENTICATION_FAILED, "DOOR_CLOSED")
                            .sessionType("system")
                            .reason(trouble)
                            .build());
        } catch (StorageException failure) {
            LOG.warn("a door that stays shut is not on record: {}", failure.getMessage());
        }
    }
}
