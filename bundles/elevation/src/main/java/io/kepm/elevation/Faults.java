package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.storage.StorageException;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers when we could not decide: nobody gains a right by a fault of ours, and who is not
 * governed loses none where no policy binds.
 */
final class Faults {

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final AuditLog audit;
    private final OwnRights ownRights;
    private final Supplier<ZonedDateTime> now;

    Faults(AuditLog audit, OwnRights ownRights, Supplier<ZonedDateTime> now) {
        this.audit = audit;
        this.ownRights = ownRights;
        this.now = now;
    }

    /** The answer to somebody, recorded if that is still possible. */
    LaunchAnswer answer(Caller caller, Records records, String code, String what) {
        boolean ownRight = Effect.ofFault(caller) == Effect.OWN_RIGHT;
        try {
            audit.append(ownRight ? records.ownRight(what) : records.refused(code, what));
        } catch (StorageException | RuntimeException e) {
            LOG.error(
                    "not on record: {} for `{}`: {}",
                    code,
                    records.launch().user(),
                    e.getMessage());
        }
        return ownRight
                ? new LaunchAnswer.OwnRight(records.requestId(), List.of())
                : new LaunchAnswer.Refuse(records.requestId(), code, Texts.fault(what));
    }

    /** The answer when the name service gives none. */
    LaunchAnswer nameless(Caller caller, Records records, Exception fault) {
        return answer(
                caller,
                records,
                Launch.NO_NAMES,
                Texts.say("fault.names", String.valueOf(fault.getMessage())));
    }

    /** As whom somebody counts for a refusal that no policy made. */
    Caller bound(Caller caller, LaunchRequest launch) {
        return ownRights.where(caller, launch, now.get());
    }

    /** The same of somebody about whom policy was asked before. */
    Caller bound(Caller caller, Question question) {
        return ownRights.where(caller, question, now.get());
    }
}
