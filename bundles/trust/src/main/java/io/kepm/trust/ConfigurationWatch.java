package io.kepm.trust;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares all watched files with what they were, and puts each change on record together with the
 * new state: what could not be recorded is found again by the next look. There is no queue: many
 * changes are one look, and of more than {@link #SINGLES} in a minute only a sum is recorded.
 *
 * <p>For use by one thread, but for {@link #health}.
 */
final class ConfigurationWatch {

    /** Changes that are on record by themselves within a minute. */
    static final int SINGLES = 20;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** States that one commit keeps: others wait for the writer too. */
    private static final int PORTION = 200;

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);

    private final FileLook look;
    private final FileMemory memory;
    private final AuditLog audit;
    private final IntFunction<String> owner;
    private final KnownAuthors authors;
    private final InstantSource clock;
    private final Map<String, FileState> known = new HashMap<>();
    private Instant windowStart = Instant.EPOCH;
    private int singles;
    private boolean begun;
    private volatile Health health = Health.healthy("it has not looked yet");

    ConfigurationWatch(
            FileLook look,
            FileMemory memory,
            AuditLog audit,
            IntFunction<String> owner,
            KnownAuthors authors,
            InstantSource clock) {
        this.look = look;
        this.memory = memory;
        this.audit = audit;
        this.owner = owner;
        this.authors = authors;
        this.clock = clock;
    }

    Health health() {
        return health;
    }

    /** When the next look may be: at once, or after a minute with too many changes. */
    Duration pause() {
        Instant end = windowStart.plus(WINDOW);
        Instant now = clock.instant();
        return singles < SINGLES || !now.isBefore(end) || now.isBefore(windowStart)
                ? Duration.ZERO
                : Duration.between(now, end);
    }

    /** Looks at everything once. */
    void look() {
        try {
            if (!begun) {
                begin();
            } else {
                FileLook.Found found = look.now(known, false);
                record(changes(found), false);
                healthy(found);
            }
        } catch (StorageException e) {
            LOG.error("changes of configuration are not on record yet: {}", e.getMessage());
            health =
                    Health.degraded(
                            "changes of configuration can't be put on record: " + e.getMessage(),
                            "see the checks `storage` and `audit`");
        }
    }

    private void begin() throws StorageException {
        known.clear();
        boolean before = memory.isThere();
        if (before) {
            known.putAll(memory.all());
        }
        FileLook.Found found = look.now(known, true);
        if (before) {
            record(changes(found), true);
            // Stamps change without a change for a reader; they are what makes a look cheap.
            found.files().values().forEach(this::know);
        } else {
            first(found);
        }
        begun = true;
        healthy(found);
    }

    /** The very first look: nothing is known to compare with, and one record says so. */
    private void first(FileLook.Found found) throws StorageException {
        List<Mutation> states =
                new ArrayList<>(found.files().values().stream().map(FileMemory::keep).toList());
        while (states.size() > PORTION) {
            audit.commit(new Change(states.subList(0, PORTION), List.of()));
            states.subList(0, PORTION).clear();
        }
        states.add(FileMemory.began());
        audit.commit(
                new Change(
                        states,
                        List.of(
                                AuditDraft.of(AuditType.CONFIGURATION_CHANGED, "WATCHED")
                                        .sessionType("system")
                                        .reason("from now on every change of these is on record")
                                        .detail("files", Integer.toString(found.files().size()))
                                        .build())));
        found.files().values().forEach(this::know);
    }

    private void know(FileState state) {
        known.put(state.path(), state.withoutKeys());
    }

    private List<FileChange> changes(FileLook.Found found) {
        List<FileChange> changes = new ArrayList<>();
        TreeSet<String> paths = new TreeSet<>(found.files().keySet());
        if (found.complete()) {
            paths.addAll(known.keySet());
        }
        for (String path : paths) {
            Optional<FileState> before = Optional.ofNullable(known.get(path));
            Optional<FileState> after = Optional.ofNullable(found.files().get(path));
            boolean same =
                    before.isPresent() && after.isPresent() && before.get().isAs(after.get());
            if (same) {
                know(after.get());
            } else {
                changes.add(new FileChange(before, after));
            }
        }
        return changes;
    }

    private void record(List<FileChange> changes, boolean whileDown) throws StorageException {
        if (changes.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        if (!now.isBefore(windowStart.plus(WINDOW)) || now.isBefore(windowStart)) {
            windowStart = now;
            singles = 0;
        }
        if (singles + changes.size() > SINGLES) {
            sum(changes, whileDown);
            singles = SINGLES;
            return;
        }
        for (FileChange one : changes) {
            FileChange change = one.from(memory.one(one.path()));
            Optional<String> by =
                    authors.of(change.path(), change.after().map(FileState::sha256).orElse(""));
            audit.commit(
                    new Change(
                            List.of(change.memory()),
                            List.of(change.record(owner, whileDown, by))));
            LOG.info("configuration changed: {}", change.path());
            take(change);
            singles++;
        }
    }

    private void sum(List<FileChange> changes, boolean whileDown) throws StorageException {
        for (int start = 0; start < changes.size(); start += PORTION) {
            List<FileChange> some = new ArrayList<>();
            for (FileChange one :
                    changes.subList(start, Math.min(changes.size(), start + PORTION))) {
                some.add(one.from(memory.one(one.path())));
            }
            AuditDraft.Builder draft =
                    AuditDraft.of(AuditType.CONFIGURATION_CHANGED, "SUMMARY")
                            .sessionType("system")
                            .reason(
                                    whileDown
                                            ? "changed while the agent was down"
                                            : "more changes than are recorded one by one")
                            .detail("count", Integer.toString(some.size()))
                            .detail(
                                    "files",
                                    some.stream()
                                            .map(FileChange::path)
                                            .collect(Collectors.joining(" ")));
            audit.commit(
                    new Change(
                            some.stream().map(FileChange::memory).toList(),
                            List.of(draft.build())));
            some.forEach(this::take);
        }
        LOG.warn("{} files of configuration changed at once", changes.size());
    }

    private void take(FileChange change) {
        change.after().ifPresentOrElse(this::know, () -> known.remove(change.path()));
    }

    private void healthy(FileLook.Found found) {
        health =
                found.complete()
                        ? Health.healthy(found.files().size() + " files are watched")
                        : Health.degraded(
                                "more than " + FileLook.MOST + " files: the rest is not watched",
                                "put policies together into fewer files, and move out of `Plugins/`"
                                        + " and `Jobs/` what does not belong there");
    }
}
