package io.kepm.policy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.FolderBell;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy folder and the set in force. A set comes into force whole, after its record is on
 * disk; one that is refused changes nothing but the health. Any thread may ask what is in force;
 * loading is done by one at a time.
 */
final class PolicyFolder {

    static final String LAST_GOOD = "last-good";

    private static final Logger LOG = LoggerFactory.getLogger(PolicyFolder.class);
    private static final long UNSEEN = 0;

    /** After so many glances there is a look, for what the kernel does not tell. */
    private static final int GLANCES = 10;

    private final Path folder;
    private final Storage storage;
    private final AuditLog audit;
    private final FileTrust trust;
    private final Set<String> lockouts;
    private final InstantSource clock;
    private final BiFunction<PolicySet, Evaluation.Revision, Evaluator> evaluators;
    private HeapRoom room = HeapRoom.OWN;

    private volatile Optional<InForce> inForce = Optional.empty();
    private volatile Watching watching = Watching.NOTHING;
    private volatile LoadState state = LoadState.NOT_LOADED;
    private final LongAdder refused = new LongAdder();
    private long seen = UNSEEN;
    private boolean restored;
    private Optional<FolderBell> bell = Optional.empty();
    private long outline;
    private boolean leadsElsewhere;
    private int glances;

    PolicyFolder(
            Path folder,
            Storage storage,
            AuditLog audit,
            FileTrust trust,
            Set<String> lockouts,
            InstantSource clock,
            BiFunction<PolicySet, Evaluation.Revision, Evaluator> evaluators) {
        this.folder = folder;
        this.storage = storage;
        this.audit = audit;
        this.trust = trust;
        this.lockouts = Set.copyOf(lockouts);
        this.clock = clock;
        this.evaluators = evaluators;
    }

    /** Judges the memory for a set by something else than the heap of this process. */
    PolicyFolder within(HeapRoom other) {
        room = other;
        return this;
    }

    Path folder() {
        return folder;
    }

    /** Empty when no set was ever well. */
    Optional<InForce> inForce() {
        return inForce;
    }

    LoadState state() {
        return state;
    }

    /** Which policies only watch, and since when. */
    Watching watching() {
        return watching;
    }

    /** How many sets were refused so far. */
    long refused() {
        return refused.sum();
    }

    /**
     * Looks when the kernel tells that something may have changed, and every tenth time: what is
     * done every second must not cost a look at a thousand files.
     */
    synchronized void glance() {
        if (bell.isEmpty()) {
            bell = Optional.of(FolderBell.of(folder, PolicyFiles::isPolicy));
        }
        // Asked before the look: what happens meanwhile rings for the next time.
        boolean rang = bell.get().rang();
        long now = FolderPrint.outline(folder);
        boolean quiet = !rang && !leadsElsewhere && now == outline && seen != UNSEEN;
        if (quiet && ++glances < GLANCES) {
            return;
        }
        glances = 0;
        outline = now;
        leadsElsewhere = FolderPrint.leadsElsewhere(folder);
        look();
    }

    /** Nothing is glanced at any more. */
    synchronized void close() {
        bell.ifPresent(FolderBell::close);
        bell = Optional.empty();
    }

    /** Loads when something changed since the last time. */
    synchronized void look() {
        long print = FolderPrint.of(folder);
        if (print != seen) {
            load(print);
        }
    }

    /** Loads now. */
    synchronized void reload() {
        load(FolderPrint.of(folder));
    }

    /** The print was taken before anything is read: a change meanwhile is seen the next time. */
    private void load(long print) {
        try {
            attemptOrRefuse();
            seen = print;
        } catch (StorageException e) {
            // Nothing changed; the next look tries again.
            seen = UNSEEN;
            state = state.unrecorded(String.valueOf(e.getMessage()));
            LOG.warn("policy set not loaded, since it cannot be recorded: {}", e.getMessage());
        }
    }

    /** INVARIANT: a fault of ours is a refusal like one of the files: told, on record, and kept. */
    private void attemptOrRefuse() throws StorageException {
        try {
            attempt(restoredTexts());
        } catch (RuntimeException e) {
            LOG.error("the policies could not be read", e);
            Fault fault = new Fault("", "", "", "the agent failed to read the policies: " + e);
            refuse(LoadState.faulty(List.of(fault)));
        }
    }

    /** What is kept and can't be read keeps nobody from reading the folder. */
    private Optional<List<PolicyText>> restoredTexts() throws StorageException {
        try {
            return restore();
        } catch (RuntimeException e) {
            LOG.error("the last good policies can't be brought back", e);
            return Optional.empty();
        }
    }

    /**
     * Brings back the last good set, once, so that it decides while the folder is bad; the texts
     * that it was made from, when it is in force now.
     */
    private Optional<List<PolicyText>> restore() throws StorageException {
        if (restored) {
            return Optional.empty();
        }
        Optional<byte[]> kept = storage.get(Table.POLICY_CACHE, LAST_GOOD);
        Optional<byte[]> since = storage.get(Table.POLICY_CACHE, Watching.KEY);
        restored = true;
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        try {
            LastGoodSet last = LastGoodSet.of(kept.get());
            Faults faults = new Faults();
            if (room.lack(last.texts()).isPresent()) {
                // It stays what it is: there may be room another time.
                restored = false;
                LOG.warn("there is no room in memory for the kept policy set");
                return Optional.empty();
            }
            PolicySet set = load(last.texts(), faults);
            if (faults.isEmpty()) {
                Watching watched = since.map(Watching::of).orElse(Watching.NOTHING);
                swap(set, last.revision(), last.loadedAt(), watched.with(set, clock.instant()));
                return Optional.of(last.texts());
            }
            LOG.warn("the kept policy set is not valid any more: {}", lines(faults.list()));
        } catch (IOException e) {
            LOG.warn("the kept policy set cannot be read: {}", e.getMessage());
        }
        return Optional.empty();
    }

    /** {@code known}: the texts of the set in force; the same ones are not read a second time. */
    private void attempt(Optional<List<PolicyText>> known) throws StorageException {
        List<FileTrust.Violation> violations = trust.check(folder);
        if (!violations.isEmpty()) {
            refuse(LoadState.untrusted(folder, violations));
            return;
        }
        Faults faults = new Faults();
        List<PolicyText> texts = texts(faults);
        PolicySet set =
                known.isPresent() && PolicyText.areSame(known.get(), texts)
                        ? inForce.orElseThrow().set()
                        : load(texts, faults);
        if (faults.isEmpty()) {
            Lockout.faults(set.policies(), lockouts).forEach(faults::add);
        }
        if (!faults.isEmpty()) {
            refuse(LoadState.faulty(faults.list()));
            return;
        }
        if (inForce.filter(now -> now.set().sha256().equals(set.sha256())).isEmpty()) {
            accept(set, texts);
        }
        state = LoadState.GOOD;
    }

    private PolicySet load(List<PolicyText> texts, Faults faults) {
        Optional<Fault> lack = room.lack(texts);
        if (lack.isPresent()) {
            faults.add(lack.get());
            return PolicySet.EMPTY;
        }
        return PolicyLoader.load(texts, faults);
    }

    private List<PolicyText> texts(Faults faults) {
        if (!Files.isDirectory(folder)) {
            faults.add(new Fault("", "", "", "the folder " + folder + " is missing"));
            return List.of();
        }
        try {
            return PolicyFiles.read(PolicyFiles.in(folder), faults);
        } catch (IOException e) {
            faults.add(new Fault("", "", "", "the folder " + folder + " cannot be read: " + e));
            return List.of();
        }
    }

    private void accept(PolicySet set, List<PolicyText> texts) throws StorageException {
        long number = inForce.map(now -> now.revision().number()).orElse(0L) + 1;
        Evaluation.Revision revision = new Evaluation.Revision(number, set.sha256());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] kept = new LastGoodSet(revision, now.toString(), texts).toBytes();
        Watching watches = watching.with(set, now);
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.POLICY_LOADED, "OK")
                        .reason("policy set " + revision.label() + " came into force")
                        .detail("revision", revision.label())
                        .detail("sha256", revision.sha256())
                        .detail("policies", Integer.toString(set.policies().size()));
        List<String> overridden = Lockout.overridden(set.policies(), lockouts);
        if (!overridden.isEmpty()) {
            draft.detail("lockout_allowed", String.join(",", overridden));
        }
        audit.commit(
                new Change(
                        List.of(
                                new Mutation.Put(Table.POLICY_CACHE, LAST_GOOD, kept),
                                new Mutation.Put(
                                        Table.POLICY_CACHE, Watching.KEY, watches.toBytes())),
                        List.of(draft.build())));
        swap(set, revision, now.toString(), watches);
        LOG.info("policy set {} in force: {} policies", revision.label(), set.policies().size());
    }

    private void swap(
            PolicySet set, Evaluation.Revision revision, String loadedAt, Watching watches) {
        watching = watches;
        inForce =
                Optional.of(new InForce(set, revision, loadedAt, evaluators.apply(set, revision)));
    }

    private void refuse(LoadState why) throws StorageException {
        AuditDraft draft =
                AuditDraft.of(AuditType.POLICY_LOAD_FAILED, "REFUSED")
                        .reason(String.join("; ", why.failure()))
                        .detail("folder", folder.toString())
                        .detail("faults", Integer.toString(why.failure().size()))
                        .detail(
                                "revision",
                                inForce.map(now -> now.revision().label()).orElse("none"))
                        .build();
        state = why;
        LOG.warn("policy set refused, the one in force stays: {}", why.failure());
        audit.append(draft);
        // Only now: without the record the next look refuses it once more.
        refused.increment();
    }

    private static String lines(List<Fault> faults) {
        return faults.stream().map(Fault::text).collect(Collectors.joining("; "));
    }
}
