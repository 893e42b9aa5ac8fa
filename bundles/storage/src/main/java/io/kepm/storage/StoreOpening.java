package io.kepm.storage;

import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a store is opened: folder, lock, key, database, tables; or what was opened is closed again.
 */
final class StoreOpening {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);

    private StoreOpening() {}

    /**
     * Opens the store, making it first where there is none.
     *
     * @param credentials {@code $CREDENTIALS_DIRECTORY}
     * @param named which master key the settings name
     * @param version the agent's, for its records
     */
    static SqliteStorage open(
            Path path,
            Optional<Path> credentials,
            MasterKey.Named named,
            String version,
            InstantSource clock)
            throws StorageException {
        StoreFolder folder = new StoreFolder(path);
        folder.prepare();
        StoreLock lock = StoreLock.take(folder);
        try {
            return open(folder, lock, credentials, named, version, clock);
        } catch (StorageException e) {
            throw closing(lock, e);
        }
    }

    private static SqliteStorage open(
            StoreFolder folder,
            StoreLock lock,
            Optional<Path> credentials,
            MasterKey.Named named,
            String version,
            InstantSource clock)
            throws StorageException {
        SecureRandom random = new SecureRandom();
        MasterKey custody = new MasterKey(folder, credentials, named, random);
        boolean wasThere = custody.isOwnThere() || folder.hasDatabase();
        // Before there is a database: where one is and no key, none is made.
        custody.load();
        Restore restore = new Restore(folder, custody, random);
        List<Mutation> notes = new ArrayList<>(restore.adopt(clock.instant()));
        folder.makeDatabase();
        Database database = Database.open(folder);
        try {
            StoreTables tables = StoreTables.open(database, custody, random);
            if (custody.isMoved()) {
                notes.add(OpeningNote.movedKey(folder, custody.place(), clock.instant()));
            }
            if (wasThere && tables.keyTable().isMade()) {
                LOG.error("the store is gone, though its key or its file was there: a new one");
                notes.add(OpeningNote.begunAnew(folder, clock.instant()));
            }
            SqliteStorage storage =
                    new SqliteStorage(folder, lock, tables, custody, random, version, notes, clock);
            restore.settle();
            return storage;
        } catch (SQLException e) {
            throw closing(database, new StorageException(database.explain(e), e));
        } catch (StorageException e) {
            throw closing(database, e);
        } catch (RuntimeException e) {
            // What is no row of ours, though its pages are sound: a disk that lost some of them.
            throw closing(
                    database,
                    new StorageException("the store is damaged: " + e + ": restore a backup", e));
        } catch (GeneralSecurityException e) {
            throw closing(database, new StorageException("this Java can't encrypt: " + e, e));
        }
    }

    private static StorageException closing(AutoCloseable open, StorageException cause) {
        try {
            open.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
        return cause;
    }
}
