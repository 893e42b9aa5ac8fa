package io.kepm.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.linux.Launcher;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of plugins that are not known to be over, in the store: what an agent that was
 * killed left running, the next one ends. Safe for use by many threads.
 */
final class ProcessBook {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessBook.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY = "plugin.process.";

    private final Storage storage;
    private final AuditLog audit;
    private final Launcher launcher;
    private final String boot;

    /**
     * @param boot names this start of the machine: numbers of processes are good within it
     */
    ProcessBook(Storage storage, AuditLog audit, Launcher launcher, String boot) {
        this.storage = storage;
        this.audit = audit;
        this.launcher = launcher;
        this.boot = boot;
    }

    /**
     * Notes a process before it runs on.
     *
     * @throws IOException when that is not in the store: it must not run then
     */
    void begun(String id, Launcher.Identity process) throws IOException {
        byte[] row =
                JSON.writeValueAsBytes(
                        Map.of(
                                "pid",
                                process.pid(),
                                "startTicks",
                                process.startTicks(),
                                "boot",
                                boot));
        try {
            audit.commit(
                    new Change(
                            List.of(new Mutation.Put(Table.AGENT_STATE, KEY + id, row)),
                            List.of()));
        } catch (StorageException e) {
            throw new IOException("its process can't be put on record: " + e.getMessage(), e);
        }
    }

    /** Forgets a process of which nothing is left. */
    void over(String id) {
        try {
            if (storage.get(Table.AGENT_STATE, KEY + id).isPresent()) {
                audit.commit(
                        new Change(
                                List.of(new Mutation.Take(Table.AGENT_STATE, KEY + id)),
                                List.of()));
            }
        } catch (StorageException e) {
            // Its number with its start time is nobody else's: the next look finds it gone.
            LOG.warn("that the process of plugin {} is over is not kept: {}", id, e.getMessage());
        }
    }

    /**
     * Ends what is left of the former process of a plugin.
     *
     * @throws IOException when something of it may still be there: no second one may be started
     */
    void endFormer(String id) throws IOException {
        try {
            Optional<byte[]> row = storage.get(Table.AGENT_STATE, KEY + id);
            if (row.isPresent()) {
                end(id, row.get());
            }
        } catch (StorageException e) {
            throw new IOException("whether a former one runs is not known: " + e.getMessage(), e);
        }
    }

    /** Ends what a former agent left of all plugins; what does not go is told and kept in mind. */
    void endAll() {
        try {
            for (var row : storage.list(Table.AGENT_STATE).entrySet()) {
                if (row.getKey().startsWith(KEY)) {
                    endAlone(row.getKey().substring(KEY.length()), row.getValue());
                }
            }
        } catch (StorageException e) {
            LOG.error("which processes a former agent left is not known: {}", e.getMessage());
        }
    }

    private void endAlone(String id, byte[] row) {
        try {
            end(id, row);
        } catch (IOException e) {
            LOG.error("a process of plugin {} was left by a former agent: {}", id, e.getMessage());
        }
    }

    private void end(String id, byte[] row) throws IOException {
        JsonNode process = JSON.readTree(row);
        if (process.path("boot").asText().equals(boot)) {
            LOG.info("what may be left of the process of plugin {} is ended", id);
            launcher.endLeft(process.path("pid").asInt(), process.path("startTicks").asLong());
        }
        over(id);
    }
}
