package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Terminals;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the person at the terminal, once, that what runs there will be ended; without a terminal,
 * elsewhere. That it was told is on record. For one thread.
 */
final class LastWarning {

    /** How long before the end. */
    static final Duration AHEAD = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(LastWarning.class);

    private final Terminals terminals;
    private final AuditLog audit;
    private final Elsewhere elsewhere;
    private final Set<String> given = new HashSet<>();

    /** Where a person is told who has no terminal that listens. */
    @FunctionalInterface
    interface Elsewhere {
        /** Never waits. */
        void ending(StoredGrant stored, Duration left);
    }

    LastWarning(Terminals terminals, AuditLog audit, Elsewhere elsewhere) {
        this.terminals = terminals;
        this.audit = audit;
        this.elsewhere = elsewhere;
    }

    void give(StoredGrant stored, Clocks.Reading now) throws StorageException {
        Duration left = now.left(stored);
        if (left.compareTo(AHEAD) > 0) {
            // It may have been given more time since: then it is told once more.
            given.remove(stored.id());
            return;
        }
        if (stored.life().closed() || !given.add(stored.id())) {
            return;
        }
        String tty = stored.life().tty();
        String text = "kepm: " + Texts.endsSoon(stored, left);
        if (tty.isEmpty() || !terminals.tell(tty, stored.grant().uid(), text)) {
            elsewhere.ending(stored, left);
            return;
        }
        audit.append(
                stored.record(AuditType.USER_INTERACTION, "WARNED")
                        .reason("the end of its time")
                        .detail("tty", tty)
                        .detail("seconds", Long.toString(left.toSeconds()))
                        .build());
    }

    /** Why a command of sudo's is being ended; a unit's client is told by its own connection. */
    static void ended(Terminals terminals, StoredGrant stored) {
        String tty = stored.life().tty();
        boolean bySudo = Way.of(stored.asked().map(AskedAs::door).orElse("")) == Way.SUDO;
        if (bySudo && !tty.isEmpty()) {
            boolean told =
                    terminals.tell(
                            tty, stored.grant().uid(), "kepm: " + Texts.ending(stored, false));
            LOG.debug("the terminal of grant {} was told: {}", stored.id(), told);
        }
    }

    /** Of grants that are over nothing is kept. */
    void forget(Grants grants) {
        given.removeIf(id -> grants.find(id).isEmpty());
    }
}
