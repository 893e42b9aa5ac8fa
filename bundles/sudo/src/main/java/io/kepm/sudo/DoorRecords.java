package io.kepm.sudo;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditDraft.UserInfo;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Peer;
import io.kepm.api.storage.StorageException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of what the door itself refuses. All of it is refused whether or not it could be
 * recorded. Refusals that can be provoked at will are recorded once a minute, with a count.
 */
final class DoorRecords {

    private static final Logger LOG = LoggerFactory.getLogger(DoorRecords.class);
    private static final long WINDOW_MILLIS = 60_000;
    private static final int MOST_WINDOWS = 1000;

    private static final class Window {
        private long since;
        private int unrecorded;
    }

    private final AuditLog audit;
    private final InstantSource clock;
    private final String door;
    private final Map<String, Window> windows =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
                    return size() > MOST_WINDOWS;
                }
            };

    DoorRecords(AuditLog audit, InstantSource clock) {
        this(audit, clock, "sudo");
    }

    /**
     * @param door the session type of its records
     */
    DoorRecords(AuditLog audit, InstantSource clock, String door) {
        this.audit = audit;
        this.clock = clock;
        this.door = door;
    }

    void notRoot(Peer peer) {
        record(
                "peer " + peer.uid(),
                AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "DENY")
                        .sessionType(door)
                        .user(new UserInfo("", peer.uid(), "", "", peer.pid(), ""))
                        .reason("decide.sock answers root's sudo only")
                        .detail("route", "decide.sock"));
    }

    void malformed(String user, long uid, int pid, String why) {
        record(
                "malformed " + uid,
                AuditDraft.of(AuditType.ELEVATION_REFUSED, "DENY")
                        .sessionType(door)
                        .user(new UserInfo(user, uid, "", "", pid, ""))
                        .reason(why)
                        .detail("code", "guard:malformed"));
    }

    void tooMany(long uid) {
        record(
                "open " + uid,
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

    private void record(String what, AuditDraft.Builder draft) {
        int before = begin(what);
        if (before < 0) {
            return;
        }
        try {
            audit.append(draft.detail("also_unrecorded", Integer.toString(before)).build());
        } catch (StorageException e) {
            LOG.error("a refusal could not be recorded: {}", e.getMessage());
        }
    }

    /** How many went unrecorded since the last record; negative when this one does too. */
    private int begin(String what) {
        synchronized (windows) {
            long now = clock.millis();
            Window window = windows.computeIfAbsent(what, w -> new Window());
            if (window.since != 0 && Math.abs(now - window.since) < WINDOW_MILLIS) {
                window.unrecorded++;
                return -1;
            }
            int before = window.unrecorded;
            window.since = now;
            window.unrecorded = 0;
            return before;
        }
    }
}
