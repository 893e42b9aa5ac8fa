package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the records that were written down while there was no audit: those that wait in the
 * store, and those in files. Each is adopted exactly once. A file is removed only after its records
 * are on disk; a mark in the store, made in the same commit, covers the time between.
 */
final class Adoption {

    /** Keys of waiting records in {@link Table#AGENT_STATE}. */
    static final String IN_STORE = "spool/";

    private static final String MARK = "adopted/";
    private static final String CLEAN = "clean";
    private static final String FAULTY = "faulty";

    /** No writer takes so long. */
    private static final Duration UNFINISHED = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final Storage storage;
    private final SpoolFolder folder;
    private final InstantSource clock;
    private final List<String> faults = new ArrayList<>();
    private final Set<String> unfinished = new HashSet<>();

    Adoption(Storage storage, SpoolFolder folder, InstantSource clock) {
        this.storage = storage;
        this.clock = clock;
        this.folder = folder;
    }

    /** Adopts all that waits; says what could not be. */
    List<String> run() throws StorageException {
        faults.clear();
        unfinished.clear();
        for (Map.Entry<String, byte[]> state : storage.list(Table.AGENT_STATE).entrySet()) {
            String value = new String(state.getValue(), StandardCharsets.UTF_8);
            if (state.getKey().startsWith(MARK)) {
                finish(state.getKey().substring(MARK.length()), value);
            } else if (state.getKey().startsWith(IN_STORE)) {
                fromStore(state.getKey(), value);
            }
        }
        try {
            for (String name : folder.waiting()) {
                if (!unfinished.contains(name)) {
                    fromFile(name);
                }
            }
            leftOut();
            folder.removeUnfinished(clock.instant().minus(UNFINISHED));
        } catch (IOException e) {
            fault("the spool: " + e.getMessage());
        }
        return List.copyOf(faults);
    }

    private void fromStore(String key, String line) throws StorageException {
        AuditDraft draft;
        try {
            draft = SpoolLine.parse(line, key);
        } catch (IllegalArgumentException e) {
            fault("waiting record `" + key + "`: " + e.getMessage());
            return;
        }
        Mutation same =
                new Mutation.Put(Table.AGENT_STATE, key, line.getBytes(StandardCharsets.UTF_8));
        try {
            storage.commit(
                    new Change(List.of(new Mutation.Take(Table.AGENT_STATE, key)), List.of(draft)));
        } catch (StorageException e) {
            // Throws as well when it is not the record but the store.
            storage.commit(new Change(List.of(same), List.of()));
            fault("waiting record `" + key + "`: " + e.getMessage());
        }
    }

    private void fromFile(String name) throws StorageException {
        List<AuditDraft> drafts = new ArrayList<>();
        String state = CLEAN;
        try {
            for (String line : folder.lines(name)) {
                try {
                    drafts.add(SpoolLine.parse(line, name));
                } catch (IllegalArgumentException e) {
                    state = FAULTY;
                    fault("spool file `" + name + "`: " + e.getMessage());
                }
            }
        } catch (IOException e) {
            // Left where it is: whoever put it there is worth a look.
            fault("spool file `" + name + "`: " + e.getMessage());
            return;
        }
        try {
            mark(name, state, drafts);
        } catch (StorageException e) {
            // Throws as well when it is not a record but the store.
            state = FAULTY;
            mark(name, state, List.of());
            fault("spool file `" + name + "`: none of its records: " + e.getMessage());
        }
        finish(name, state);
    }

    /** Those beyond the room that the plugin has for refusals: a number is all there is of them. */
    private void leftOut() throws IOException, StorageException {
        if (unfinished.contains(SpoolFolder.LEFT_OUT)) {
            return;
        }
        long count = folder.leftOut();
        if (count > 0) {
            mark(
                    SpoolFolder.LEFT_OUT,
                    CLEAN,
                    List.of(
                            AuditDraft.of(AuditType.ELEVATION_REFUSED, "SUMMARY")
                                    .reason(
                                            count
                                                    + " more refusals of the sudo plugin itself; the"
                                                    + " system log has each")
                                    .detail("count", Long.toString(count))
                                    .detail("adopted_from", SpoolFolder.LEFT_OUT)
                                    .build()));
            finish(SpoolFolder.LEFT_OUT, CLEAN);
        }
    }

    private void mark(String name, String state, List<AuditDraft> drafts) throws StorageException {
        byte[] mark = state.getBytes(StandardCharsets.UTF_8);
        storage.commit(
                new Change(
                        List.of(new Mutation.Put(Table.AGENT_STATE, MARK + name, mark)), drafts));
    }

    private void finish(String name, String state) throws StorageException {
        try {
            if (state.equals(FAULTY)) {
                folder.setAside(name);
            } else {
                folder.remove(name);
            }
        } catch (IOException e) {
            // The mark stays, so that neither this start nor the next adopts it twice.
            unfinished.add(name);
            fault("spool file `" + name + "` can't be removed: " + e);
            return;
        }
        storage.commit(
                new Change(List.of(new Mutation.Take(Table.AGENT_STATE, MARK + name)), List.of()));
    }

    private void fault(String text) {
        LOG.warn("not adopted: {}", text);
        faults.add(text);
    }
}
