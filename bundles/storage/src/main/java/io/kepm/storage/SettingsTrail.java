package io.kepm.storage;

import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is put on record about {@code appsettings.json}. The audit is not up yet when it is read:
 * notes wait in the store, under keys that begin with {@value #SPOOL}, and the audit adopts them.
 * No value of a setting is ever in a note.
 */
final class SettingsTrail {

    /** Notes for the audit: each value is one spooled record. */
    static final String SPOOL = "spool/";

    private static final int SHOWN = 10;

    private final Storage storage;
    private final InstantSource clock;

    SettingsTrail(Storage storage, InstantSource clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /** Keeps a good file as the last good one; that it changed is noticed by the watch of files. */
    void accepted(byte[] content, Optional<byte[]> before) throws StorageException {
        if (before.isEmpty() || !Arrays.equals(before.get(), content)) {
            storage.commit(
                    new Change(
                            List.of(
                                    new Mutation.Put(
                                            Table.AGENT_STATE, LoadedSettings.LAST_GOOD, content)),
                            List.of()));
        }
    }

    /** Notes a file that is used although something in it is not well. */
    void remarked(byte[] content, List<String> remarks) throws StorageException {
        note("DEGRADED", content, remarks);
    }

    /** Notes a file that is not used. */
    void refused(byte[] content, List<String> faults) throws StorageException {
        note("REFUSED", content, faults);
    }

    /** Notes rows of the store that do not count, each with why. */
    void unreadable(List<String> rows) throws StorageException {
        String reason = "stored settings can't be read and do not count: " + few(rows);
        note("DEGRADED", reason, "KeeperStorage", digest(reason.getBytes(StandardCharsets.UTF_8)));
    }

    /** Not more of them than a person reads. */
    static String few(List<String> rows) {
        int more = rows.size() - SHOWN;
        return rows.stream().limit(SHOWN).collect(Collectors.joining("; "))
                + (more > 0 ? ", and " + more + " more" : "");
    }

    private void note(String outcome, byte[] content, List<String> why) throws StorageException {
        note(outcome, String.join("; ", why), LoadedSettings.FILE, digest(content));
    }

    private void note(String outcome, String reason, String path, String sha256)
            throws StorageException {
        String json =
                CanonicalJson.of(
                        Map.of(
                                "audit_event_type",
                                AuditType.CONFIGURATION_CHANGED.name(),
                                "outcome",
                                outcome,
                                "event_time",
                                clock.instant().toString(),
                                "reason",
                                reason,
                                "target_info",
                                Map.of("path", path),
                                "details",
                                Map.of("sha256", sha256)));
        // The same fault of the same file is one note, however often the agent tries to start.
        Mutation note =
                new Mutation.Put(
                        Table.AGENT_STATE,
                        SPOOL + LoadedSettings.LAST_GOOD + "/" + outcome + "/" + sha256,
                        json.getBytes(StandardCharsets.UTF_8));
        storage.commit(new Change(List.of(note), List.of()));
    }

    static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 in this Java", e);
        }
    }
}
