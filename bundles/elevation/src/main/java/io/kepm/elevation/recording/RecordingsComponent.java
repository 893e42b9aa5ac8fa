package io.kepm.elevation.recording;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.RecordedSession;
import io.kepm.api.elevation.RecordedSession.State;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recordings in {@code sessions}, their keys and digests in the store. Owns the thread {@code
 * kepm-recordings}, which removes old ones.
 *
 * <p>INVARIANT: none begins before it is on record, nor is one removed before that is.
 */
@Component
public final class RecordingsComponent implements SessionRecordings {

    private static final Logger LOG = LoggerFactory.getLogger(RecordingsComponent.class);
    private static final int SHORTEST_PREFIX = 6;

    /** What recordings leave free of their disk: the agent's own records come first. */
    private static final long LEAST_FREE = 512L << 20;

    /** Of one user, and of all: rows are read at once, and a disk is somebody else's as well. */
    private static final int MOST_OF_ONE = 1_000;

    private static final int MOST = 4_000;
    private static final long MOST_BYTES_OF_ONE = 4L << 30;

    private final Storage storage;
    private final AuditLog audit;
    private final Settings settings;
    private final Path folder;
    private final InstantSource clock;
    private final SecureRandom chance = new SecureRandom();
    private final RecordingTally tally = new RecordingTally(MOST_OF_ONE, MOST, MOST_BYTES_OF_ONE);
    private final List<StoredSession> left = new ArrayList<>();
    private final StrayFiles strays;
    private final Map<String, OneRecording> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread made = new Thread(task, "kepm-recordings");
                        made.setDaemon(true);
                        return made;
                    });

    @Activate
    public RecordingsComponent(
            @Reference Storage storage, @Reference AuditLog audit, @Reference Settings settings)
            throws StorageException {
        this(
                storage,
                audit,
                settings,
                Path.of(System.getProperty("kepm.state", "/var/lib/kepm")).resolve("sessions"),
                InstantSource.system());
        thread.execute(this::settle);
        var unused = thread.scheduleWithFixedDelay(this::sweep, 1, 60, TimeUnit.MINUTES);
    }

    RecordingsComponent(
            Storage storage, AuditLog audit, Settings settings, Path folder, InstantSource clock)
            throws StorageException {
        this.storage = storage;
        this.audit = audit;
        this.settings = settings;
        this.folder = folder;
        this.clock = clock;
        strays = new StrayFiles(storage, audit, folder);
        for (StoredSession session : readable(storage)) {
            tally.add(session.uid(), session.bytes());
            if (session.state() == State.RUNNING) {
                left.add(session);
            }
        }
    }

    /** INVARIANT: a row that can't be read keeps no other up, nor the doors shut. */
    private static List<StoredSession> readable(Storage storage) throws StorageException {
        List<StoredSession> all = new ArrayList<>();
        storage.list(Table.SESSIONS)
                .forEach(
                        (id, row) -> {
                            try {
                                all.add(StoredSession.of(row));
                            } catch (StorageException e) {
                                LOG.error("the recording {} can't be read", id, e);
                            }
                        });
        return all;
    }

    /** What ran when a former agent ended; on the thread of this component, since it takes time. */
    void settle() {
        left.forEach(this::cut);
        left.clear();
        strays.removeEmpty();
    }

    /** Its command has ended with the agent that recorded it. */
    private void cut(StoredSession session) {
        SealedFile.Extent extent = new SealedFile.Extent(0, 0);
        String digest = "";
        try (SealedFileReader reader = new SealedFileReader(file(session.id()))) {
            extent = reader.extent();
            digest = reader.digest();
        } catch (IOException e) {
            LOG.error("the recording {} can't be read: {}", session.id(), e.getMessage());
        }
        end(session, extent, digest, Optional.of("the agent that recorded it has ended"));
    }

    @Deactivate
    void stop() {
        thread.shutdownNow();
        running.values().forEach(one -> one.cut("the agent stops"));
    }

    private Path file(String id) {
        return folder.resolve(id + ".session");
    }

    @Override
    public Recording begin(About about) throws IOException {
        if (!about.grantId().matches("[0-9A-Za-z-]{1,64}")) {
            throw new IOException("`" + about.grantId() + "` is not the id of a grant");
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        Optional<String> reached = reached(0).or(() -> tally.full(about.uid()));
        if (reached.isPresent()) {
            throw new IOException(reached.get());
        }
        byte[] key = new byte[Seal.KEY_BYTES];
        chance.nextBytes(key);
        StoredSession session = StoredSession.begun(about, clock.instant(), key);
        SealedFile file = new SealedFile(file(session.id()), new Seal(session.id(), key));
        try {
            commit(
                    new Mutation.Create(Table.SESSIONS, session.id(), session.toBytes()),
                    record(session, AuditType.SESSION_RECORDED, "STARTED").build());
        } catch (StorageException e) {
            file.close();
            Files.deleteIfExists(file(session.id()));
            throw new IOException("it can't be put on record: " + e.getMessage(), e);
        }
        OneRecording one = new OneRecording(file, this::reached, System::nanoTime, ending(session));
        running.put(session.id(), one);
        tally.add(session.uid(), 0);
        return one;
    }

    private OneRecording.Ear ending(StoredSession session) {
        return new OneRecording.Ear() {
            @Override
            public void over(SealedFile done, Optional<String> fault) {
                running.remove(session.id());
                tally.grew(session.uid(), done.extent().bytes());
                end(session, done.extent(), done.digest(), fault);
            }

            @Override
            public void neverBegun() {
                running.remove(session.id());
                try {
                    remove(session, "NEVER_BEGUN");
                } catch (IOException e) {
                    LOG.error("an empty recording stays: {}", e.getMessage());
                }
            }
        };
    }

    private Optional<String> reached(long bytes) {
        long most = (long) settings.get(CoreSettings.RECORDING_MEBIBYTES) << 20;
        if (bytes >= most) {
            return Optional.of(
                    "its recording has "
                            + (most >> 20)
                            + " MiB, which is all it may have (Elevation.RecordingMebibytes)");
        }
        try {
            return Files.getFileStore(folder).getUsableSpace() < LEAST_FREE
                    ? Optional.of("the disk of the recordings is full")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("the disk of the recordings can't be looked at: " + e.getMessage());
        }
    }

    private void end(
            StoredSession session,
            SealedFile.Extent extent,
            String digest,
            Optional<String> fault) {
        Instant now = clock.instant();
        StoredSession ended =
                session.ended(now, fault.isEmpty() ? State.WHOLE : State.CUT, extent, digest);
        AuditDraft.Builder draft =
                record(session, AuditType.SESSION_RECORDED, ended.state().name())
                        .detail("bytes", Long.toString(extent.bytes()))
                        .detail("sha256", digest)
                        .detail("duration_ms", Long.toString(ended.ended() - session.begun()));
        fault.ifPresent(draft::reason);
        try {
            commit(new Mutation.Put(Table.SESSIONS, session.id(), ended.toBytes()), draft.build());
        } catch (StorageException e) {
            LOG.error(
                    "the end of the recording {} is on record at the next start", session.id(), e);
        }
    }

    private void commit(Mutation step, AuditDraft draft) throws StorageException {
        audit.commit(new Change(List.of(step), List.of(draft)));
    }

    private static AuditDraft.Builder record(StoredSession session, AuditType type, String how) {
        return AuditDraft.of(type, how)
                .request(session.requestId())
                .user(AuditDraft.UserInfo.of(session.user(), session.uid()))
                .target(
                        new AuditDraft.TargetInfo(
                                session.path(), session.argv(), "", "", session.runAs()))
                .detail("grant", session.id());
    }

    @Override
    public List<RecordedSession> list() throws IOException {
        List<RecordedSession> all = new ArrayList<>();
        stored().forEach(session -> all.add(shown(session)));
        all.sort(
                Comparator.comparing(RecordedSession::begun)
                        .thenComparing(RecordedSession::id)
                        .reversed());
        return all;
    }

    private RecordedSession shown(StoredSession session) {
        OneRecording live = running.get(session.id());
        return live == null ? session.shown() : session.shown(live.extent());
    }

    private Optional<StoredSession> stored(String id) throws IOException {
        try {
            Optional<byte[]> row =
                    id.length() < SHORTEST_PREFIX
                            ? Optional.empty()
                            : storage.get(Table.SESSIONS, id);
            return row.isEmpty() ? Optional.empty() : Optional.of(StoredSession.of(row.get()));
        } catch (StorageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private List<StoredSession> stored() throws IOException {
        try {
            return readable(storage);
        } catch (StorageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Optional<RecordedSession> find(String id) throws IOException {
        Optional<StoredSession> whole = stored(id);
        if (whole.isPresent()) {
            return whole.map(this::shown);
        }
        List<RecordedSession> found =
                list().stream()
                        .filter(
                                session ->
                                        id.length() >= SHORTEST_PREFIX
                                                && session.id().startsWith(id))
                        .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    @Override
    public Part read(RecordedSession session, Place from) throws IOException {
        StoredSession stored =
                stored(session.id()).orElseThrow(() -> new IOException("the recording is gone"));
        try (SealedFileReader reader = new SealedFileReader(file(stored.id()))) {
            if (from.equals(Place.FIRST)
                    && stored.ended() != 0
                    && !reader.digest().equals(stored.sha256())) {
                throw new IOException("its file is not the one that is on record");
            }
            return part(reader, stored, from);
        }
    }

    private static Part part(SealedFileReader reader, StoredSession stored, Place from)
            throws IOException {
        long offset = from.equals(Place.FIRST) ? SealedFileReader.first() : from.offset();
        Optional<SealedFileReader.Segment> segment = reader.at(offset);
        if (segment.isEmpty()) {
            return new Part(List.of(), Optional.empty());
        }
        boolean isLast = segment.get().isLast();
        byte[] plain =
                new Seal(stored.id(), stored.key())
                        .open(from.segment(), isLast, segment.get().sealed());
        return new Part(
                Events.unpack(plain),
                isLast
                        ? Optional.empty()
                        : Optional.of(new Place(segment.get().next(), from.segment() + 1)));
    }

    /** Removes what is older than the site keeps it. */
    void sweep() {
        try {
            Instant oldest =
                    clock.instant()
                            .minus(Duration.ofDays(settings.get(CoreSettings.RECORDING_DAYS)));
            for (StoredSession session : stored()) {
                if (session.ended() != 0
                        && Instant.ofEpochMilli(session.ended()).isBefore(oldest)) {
                    remove(session, "REMOVED");
                }
            }
            strays.removeOld(oldest);
        } catch (IOException | RuntimeException e) {
            LOG.error("old recordings are not removed: {}", e.getMessage(), e);
        }
    }

    private void remove(StoredSession session, String how) throws IOException {
        try {
            commit(
                    new Mutation.Take(Table.SESSIONS, session.id()),
                    record(session, AuditType.SESSION_REMOVED, how)
                            .detail("sha256", session.sha256())
                            .build());
        } catch (StorageException e) {
            throw new IOException(e.getMessage(), e);
        }
        tally.remove(session.uid(), session.bytes());
        // Without its key, which is gone, nobody reads what is left.
        Files.deleteIfExists(file(session.id()));
    }
}
