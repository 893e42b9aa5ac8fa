package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Terminals;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells the person at the terminal, once, that what runs there will be ended. That it was told is
 * on record. For one thread.
 */
final class LastWarning {

    /** How long before the end. */
    static final Duration AHEAD = Duration.ofSeconds(30);

    private static final int LONGEST_COMMAND = 60;

    private final Terminals terminals;
    private final AuditLog audit;
    private final Set<String> given = new HashSet<>();

    LastWarning(Terminals terminals, AuditLog audit) {
        this.terminals = terminals;
        this.audit = audit;
    }

    void give(StoredGrant stored, Clocks.Reading now) throws StorageException {
        Duration left = now.left(stored);
        if (left.compareTo(AHEAD) > 0) {
            // It may have been given more time since: then it is told once more.
            given.remove(stored.id());
            return;
        }
        if (stored.life().closed() || stored.life().tty().isEmpty() || !given.add(stored.id())) {
            return;
        }
        boolean told =
                terminals.tell(stored.life().tty(), stored.grant().uid(), text(stored, left));
        audit.append(
                stored.record(AuditType.USER_INTERACTION, told ? "WARNED" : "NOT_REACHED")
                        .reason("the end of its time")
                        .detail("tty", stored.life().tty())
                        .detail("seconds", Long.toString(left.toSeconds()))
                        .build());
    }

    /** Of grants that are over nothing is kept. */
    void forget(Grants grants) {
        given.removeIf(id -> grants.find(id).isEmpty());
    }

    private static String text(StoredGrant stored, Duration left) {
        String command = Texts.command(stored.grant().argv());
        String shown =
                command.length() > LONGEST_COMMAND
                        ? command.substring(0, LONGEST_COMMAND) + "…"
                        : command;
        return "kepm: the time for `"
                + shown
                + "` is over in "
                + Math.max(1, left.toSeconds())
                + " s: it will be ended then, with all that it started";
    }
}
