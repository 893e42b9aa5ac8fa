package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The sealed row that says where the store stands. For use by the writer thread alone. */
final class HeadTable {

    private final Database database;
    private final DataKeys keys;
    private final Sealer sealer;

    HeadTable(Database database, DataKeys keys, Sealer sealer) {
        this.database = database;
        this.keys = keys;
        this.sealer = sealer;
    }

    /** The head on disk; that of an empty store when there is none. */
    Head load() throws SQLException, StorageException {
        PreparedStatement select = database.prepared("SELECT body FROM head WHERE id = 1");
        byte[] body;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return empty();
            }
            body = rows.getBytes(1);
        }
        try {
            return Head.decoded(sealer.open(keys, Purpose.AUDIT, Place.head(), body));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new StorageException(
                    "the head of the store does not open: it was changed outside of the agent;"
                            + " restore the store from a backup",
                    e);
        }
    }

    /**
     * Refuses a store that holds records after its head: the head, and with it perhaps values, were
     * put back to a former state. (Records missing before the head are for the audit to name.)
     */
    void checkRecords(Head head) throws SQLException, StorageException {
        long last = database.number("SELECT max(seq) FROM audit");
        if (last > head.seq()) {
            throw new StorageException(
                    ("the head of the store names record %d as the last, but there is record %d:"
                                    + " part of the store was put back to a former state; restore the whole"
                                    + " of it from one backup")
                            .formatted(head.seq(), last));
        }
    }

    private Head empty() throws SQLException, StorageException {
        if (database.number("SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM audit)")
                > 0) {
            throw new StorageException(
                    "the head of the store is gone: it was removed outside of the agent; restore"
                            + " the store from a backup");
        }
        return Head.first();
    }

    void store(Head head) throws SQLException, GeneralSecurityException {
        PreparedStatement upsert =
                database.prepared(
                        "INSERT INTO head (id, body) VALUES (1, ?)"
                                + " ON CONFLICT (id) DO UPDATE SET body = excluded.body");
        upsert.setBytes(1, sealer.seal(keys, Purpose.AUDIT, Place.head(), head.encoded()));
        upsert.executeUpdate();
    }

    /**
     * Refuses a store in which an item was removed, or put back to a former version, behind the
     * agent's back: a used approval must not come back to life.
     */
    void checkItems(Head head, ItemTable items, ItemSealer itemSealer, KeyedHash hashes)
            throws SQLException, StorageException {
        byte[] sum = new byte[head.items().length];
        items.seals((kind, id, seal) -> Head.toggle(sum, hashes.version(kind, id, seal)));
        if (MessageDigest.isEqual(sum, head.items())) {
            return;
        }
        for (Table table : Table.values()) {
            for (ItemTable.Item item : items.list(table)) {
                // Names the one that was changed, if it is one of those that are still there.
                itemSealer.open(table, item);
            }
        }
        throw new StorageException(
                "a value of the store was removed, or put back to a former version, outside of the"
                        + " agent: restore the store from a backup");
    }
}
