package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The data keys in the store, wrapped by the master key. */
final class KeyTable {

    private static final int LENGTH = 32;
    // Sealed values name the key they were sealed with; the master key has no number.
    private static final int MASTER = 0;

    private final Database database;
    private final Sealer sealer;
    private SecretKey master;
    private final SecureRandom random;
    private boolean made;

    KeyTable(Database database, Sealer sealer, SecretKey master, SecureRandom random) {
        this.database = database;
        this.sealer = sealer;
        this.master = master;
        this.random = random;
    }

    /**
     * Whether the master key opens what is there; a store that holds nothing yet opens with any.
     */
    boolean opens() throws SQLException, GeneralSecurityException {
        PreparedStatement select =
                database.prepared("SELECT id, purpose, wrapped FROM data_key ORDER BY id LIMIT 1");
        try (ResultSet rows = select.executeQuery()) {
            if (rows.next()) {
                Arrays.fill(
                        sealer.open(
                                master,
                                Place.dataKey(rows.getInt(1), rows.getString(2)),
                                rows.getBytes(3)),
                        (byte) 0);
            }
            return true;
        } catch (AEADBadTagException e) {
            return false;
        }
    }

    /**
     * Makes a new key for every purpose but the search (its hashes are in the rows), and wraps all
     * keys with another master key. Part of the open transaction.
     *
     * @return all keys, as they are once the transaction is on disk
     */
    Iterable<DataKeys.DataKey> rotate(SecretKey next)
            throws SQLException, GeneralSecurityException, StorageException {
        List<DataKeys.DataKey> keys = keys();
        int id = keys.get(keys.size() - 1).id();
        for (Purpose purpose : Purpose.values()) {
            if (purpose != Purpose.INDEX) {
                insert(++id, purpose);
            }
        }
        keys = keys();
        rewrap(keys, next);
        return keys;
    }

    /** Wraps all keys with another master key, as part of the open transaction. */
    void rewrap(List<DataKeys.DataKey> keys, SecretKey next)
            throws SQLException, GeneralSecurityException {
        PreparedStatement update =
                database.prepared("UPDATE data_key SET wrapped = ? WHERE id = ?");
        for (DataKeys.DataKey key : keys) {
            byte[] plain = key.key().getEncoded();
            Place place = Place.dataKey(key.id(), key.purpose().word());
            update.setBytes(1, sealer.seal(MASTER, next, place, plain));
            update.setInt(2, key.id());
            update.executeUpdate();
            Arrays.fill(plain, (byte) 0);
        }
    }

    /**
     * Whether there were no keys when it was loaded, so that the store begins with this opening.
     */
    boolean isMade() {
        return made;
    }

    /** The master key that the table is wrapped with. */
    SecretKey master() {
        return master;
    }

    /** The master key that the table is wrapped with from now on. */
    void use(SecretKey next) {
        master = next;
    }

    /** Unwraps all keys; in a store that holds nothing yet they are made first. */
    DataKeys load() throws SQLException, GeneralSecurityException, StorageException {
        if (database.number("SELECT count(*) FROM data_key") == 0) {
            make();
            made = true;
        }
        List<DataKeys.DataKey> keys = keys();
        try {
            return new DataKeys(keys);
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    "the store is damaged: " + e.getMessage() + ": restore a backup", e);
        }
    }

    List<DataKeys.DataKey> keys() throws SQLException, GeneralSecurityException, StorageException {
        List<DataKeys.DataKey> keys = new ArrayList<>();
        PreparedStatement select =
                database.prepared("SELECT id, purpose, wrapped FROM data_key ORDER BY id");
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.add(unwrapped(rows.getInt(1), rows.getString(2), rows.getBytes(3)));
            }
        }
        return keys;
    }

    private DataKeys.DataKey unwrapped(int id, String word, byte[] wrapped)
            throws GeneralSecurityException, StorageException {
        byte[] plain;
        try {
            plain = sealer.open(master, Place.dataKey(id, word), wrapped);
        } catch (AEADBadTagException e) {
            throw new StorageException(
                    ("data key %d does not open: the master key is not this store's, or the store"
                                    + " was changed; put both back from one backup, or name again"
                                    + " where the key was before")
                            .formatted(id),
                    e);
        }
        try {
            return new DataKeys.DataKey(id, purpose(word), new SecretKeySpec(plain, "AES"));
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static Purpose purpose(String word) throws StorageException {
        for (Purpose purpose : Purpose.values()) {
            if (purpose.word().equals(word)) {
                return purpose;
            }
        }
        throw new StorageException("data key for an unknown purpose `" + word + "`");
    }

    private void make() throws SQLException, GeneralSecurityException, StorageException {
        if (database.number("SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM head)")
                > 0) {
            throw new StorageException(
                    "the store is damaged: its data keys are gone: restore a backup");
        }
        database.run("BEGIN IMMEDIATE");
        try {
            int id = MASTER;
            for (Purpose purpose : Purpose.values()) {
                insert(++id, purpose);
            }
            database.run("COMMIT");
        } catch (SQLException | GeneralSecurityException e) {
            database.rollback();
            throw e;
        }
    }

    private void insert(int id, Purpose purpose) throws SQLException, GeneralSecurityException {
        byte[] plain = new byte[LENGTH];
        random.nextBytes(plain);
        PreparedStatement insert =
                database.prepared("INSERT INTO data_key (id, purpose, wrapped) VALUES (?, ?, ?)");
        insert.setInt(1, id);
        insert.setString(2, purpose.word());
        insert.setBytes(3, sealer.seal(MASTER, master, Place.dataKey(id, purpose.word()), plain));
        insert.executeUpdate();
        Arrays.fill(plain, (byte) 0);
    }
}
