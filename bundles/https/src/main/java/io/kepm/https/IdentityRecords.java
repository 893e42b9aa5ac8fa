package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts on record who was not who they have to be; many of one source the audit sums up itself. */
final class IdentityRecords {

    private static final Logger LOG = LoggerFactory.getLogger(IdentityRecords.class);

    private final AuditLog audit;

    IdentityRecords(AuditLog audit) {
        this.audit = audit;
    }

    void failed(AuditDraft.UserInfo who, Door door, String reason) {
        try {
            audit.append(
                    AuditDraft.of(AuditType.PROCESS_AUTHENTICATION_FAILED, "REFUSED")
                            .sessionType("api")
                            .user(who)
                            .reason(reason)
                            .detail("door", door.word())
                            .build());
        } catch (StorageException e) {
            // It stays refused; that the audit is down is shown by its own health check.
            LOG.warn("a refused caller could not be put on record: {}", e.getMessage());
        }
    }
}
