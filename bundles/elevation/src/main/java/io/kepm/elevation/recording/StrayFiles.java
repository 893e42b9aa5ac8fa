package io.kepm.elevation.recording;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of recordings whose key is in no row, so that nobody can read them. A crash leaves one that
 * holds nothing yet. One with something in it may belong to a store that was put back and is
 * changed for a newer one: it is kept as long as any recording. For one thread.
 *
 * <p>INVARIANT: none is removed before that is on record.
 */
final class StrayFiles {

    private static final Logger LOG = LoggerFactory.getLogger(StrayFiles.class);
    private static final String END = ".session";

    private final Storage storage;
    private final AuditLog audit;
    private final Path folder;

    /** Those that were there when the agent started: a new one has its file before its row. */
    private final List<Path> there;

    StrayFiles(Storage storage, AuditLog audit, Path folder) throws StorageException {
        this.storage = storage;
        this.audit = audit;
        this.folder = folder;
        there = found();
    }

    private List<Path> found() throws StorageException {
        List<Path> strays = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return strays;
        }
        Set<String> known = storage.list(Table.SESSIONS).keySet();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + END)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && !known.contains(id(file))) {
                    strays.add(file);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            LOG.error("the folder of the recordings can't be read: {}", e.getMessage());
        }
        return strays;
    }

    private static String id(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - END.length());
    }

    /** What a crash left. */
    void removeEmpty() {
        for (Path file : there) {
            try {
                if (Files.size(file) <= SealedFile.FIRST_LINE.length) {
                    remove(file, "its agent ended before anything was recorded");
                } else {
                    LOG.warn("nobody can read the recording {}: the store has no key for it", file);
                }
            } catch (IOException e) {
                LOG.error("the stray recording {} stays: {}", file, e.getMessage());
            }
        }
    }

    /** What is older than recordings are kept. */
    void removeOld(Instant oldest) throws IOException {
        try {
            for (Path file : found()) {
                if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(oldest)) {
                    remove(file, "the store has no key for it, and it is old");
                }
            }
        } catch (StorageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void remove(Path file, String why) throws IOException {
        AuditDraft draft =
                AuditDraft.of(AuditType.SESSION_REMOVED, "STRAY")
                        .sessionType("system")
                        .reason(why)
                        .detail("grant", id(file))
                        .detail("bytes", Long.toString(Files.size(file)))
                        .build();
        try {
            audit.commit(Change.record(draft));
        } catch (StorageException e) {
            throw new IOException(e.getMessage(), e);
        }
        Files.deleteIfExists(file);
    }
}
