package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of the agent, from its first record to its last. A mark in the store says that it has
 * begun; one that is still there at the next start tells that nothing ended it in order.
 */
final class AgentRun {

    /** Holds the instant at which the run began. */
    static final String RUNNING = "running";

    private final Storage storage;
    private final InstantSource clock;

    AgentRun(Storage storage, InstantSource clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /**
     * Puts the start on record, and the gap before it if there was one; says when the gap began.
     */
    Optional<String> begin(String version) throws StorageException {
        Instant now = clock.instant();
        List<AuditDraft> drafts = new ArrayList<>();
        Optional<AuditEntry> last = storage.auditHead().filter(entry -> !entry.json().isEmpty());
        last.flatMap(entry -> ClockWatch.setBack(entry.time(), now)).ifPresent(drafts::add);
        Optional<String> gap =
                storage.get(Table.AGENT_STATE, RUNNING)
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (gap.isPresent()) {
            // The time of the last record, or of the start if that record is gone.
            gap = Optional.of(last.map(entry -> entry.time().toString()).orElse(gap.get()));
            drafts.add(
                    AuditDraft.of(AuditType.AGENT_GAP, "GAP")
                            .reason("the agent had not stopped in order")
                            .detail("from", gap.get())
                            .detail("to", now.toString())
                            .build());
        }
        drafts.add(
                AuditDraft.of(AuditType.AGENT_STARTED, "OK")
                        .detail("version", version)
                        .detail("java", System.getProperty("java.version", ""))
                        .detail("pid", Long.toString(ProcessHandle.current().pid()))
                        .build());
        byte[] mark = now.toString().getBytes(StandardCharsets.UTF_8);
        storage.commit(
                new Change(List.of(new Mutation.Put(Table.AGENT_STATE, RUNNING, mark)), drafts));
        return gap;
    }

    void end() throws StorageException {
        storage.commit(
                new Change(
                        List.of(new Mutation.Take(Table.AGENT_STATE, RUNNING)),
                        List.of(AuditDraft.of(AuditType.AGENT_STOPPED, "OK").build())));
    }
}
