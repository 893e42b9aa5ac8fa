package io.kepm.sudo;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditDraft.UserInfo;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Peer;
import io.kepm.api.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of what the door itself refuses. All of it is refused whether or not it could be
 * recorded. Of those that can be provoked at will the audit itself writes the first of a minute,
 * and the sum of the others.
 */
final class DoorRecords {

    private static final Logger LOG = LoggerFactory.getLogger(DoorRecords.class);

    private final AuditLog audit;
    private final String door;

    DoorRecords(AuditLog audit) {
        this(audit, "sudo");
    }

    /**
     * @param door the session type of its records
     */
    DoorRecords(AuditLog audit, String door) {
        this.audit = audit;
        this.door = door;
    }

    void notRoot(Peer peer) {
        record(
                AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "DENY")
                        .sessionType(door)
                        .user(new UserInfo("", peer.uid(), "", "", peer.pid(), ""))
                        .reason("decide.sock answers root's sudo only")
                        .detail("route", "decide.sock"));
    }

    void malformed(String user, long uid, int pid, String why) {
        record(
                AuditDraft.of(AuditType.ELEVATION_REFUSED, "DENY")
                        .sessionType(door)
                        .user(new UserInfo(user, uid, "", "", pid, ""))
                        .reason(why)
                        .detail("code", "guard:malformed"));
    }

    void tooMany(long uid) {
        record(
                AuditDraft.of(AuditType.RATE_LIMITED, "DENY")
                        .sessionType(door)
                        .user(UserInfo.of("", uid))
                        .reason("too many requests of one user are open"));
    }

    /** True when it is on disk that a command runs by its user's own right. */
    boolean ownRight(LaunchRequest request, String why) {
        UserInfo user =
                new UserInfo(request.user(), request.uid(), "", request.tty(), request.pid(), "");
        AuditDraft.TargetInfo target =
                new AuditDraft.TargetInfo(
                        request.path(), request.argv(), "", request.cwd(), request.runAs());
        try {
            audit.append(
                    AuditDraft.of(AuditType.ELEVATION_STARTED, "OWN_RIGHT")
                            .sessionType(door)
                            .user(user)
                            .target(target)
                            .reason(why)
                            .build());
            return true;
        } catch (StorageException e) {
            LOG.error("not on record, so refused: {}", why, e);
            return false;
        }
    }

    private void record(AuditDraft.Builder draft) {
        try {
            audit.append(draft.build());
        } catch (StorageException e) {
            // The audit has counted it, and says so when it can write again.
            LOG.error("a refusal could not be recorded: {}", e.getMessage());
        }
    }
}
