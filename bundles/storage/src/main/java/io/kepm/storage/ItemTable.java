package io.kepm.storage;

import io.kepm.api.storage.Table;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sealed values by kind and id. For use by the writer thread alone. */
final class ItemTable {

    /** A row as it stands in the store. */
    record Item(byte[] id, byte[] value) {}

    private final Database database;

    ItemTable(Database database) {
        this.database = database;
    }

    Optional<Item> find(Table table, byte[] id) throws SQLException {
        PreparedStatement select =
                database.prepared("SELECT value FROM item WHERE kind = ? AND id = ?");
        select.setString(1, table.name());
        select.setBytes(2, id);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(new Item(id, rows.getBytes(1))) : Optional.empty();
        }
    }

    List<Item> list(Table table) throws SQLException {
        PreparedStatement select = database.prepared("SELECT id, value FROM item WHERE kind = ?");
        select.setString(1, table.name());
        List<Item> items = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                items.add(new Item(rows.getBytes(1), rows.getBytes(2)));
            }
        }
        return items;
    }

    void put(Table table, byte[] id, byte[] value) throws SQLException {
        PreparedStatement upsert =
                database.prepared(
                        "INSERT INTO item (kind, id, value) VALUES (?, ?, ?)"
                                + " ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value");
        upsert.setString(1, table.name());
        upsert.setBytes(2, id);
        upsert.setBytes(3, value);
        upsert.executeUpdate();
    }

    void remove(Table table, byte[] id) throws SQLException {
        PreparedStatement delete = database.prepared("DELETE FROM item WHERE kind = ? AND id = ?");
        delete.setString(1, table.name());
        delete.setBytes(2, id);
        delete.executeUpdate();
    }

    /** The seal (header and tag) of a row, which no other version of it shares. */
    Optional<byte[]> seal(Table table, byte[] id) throws SQLException {
        PreparedStatement select =
                database.prepared(
                        "SELECT substr(value, 1, 17), substr(value, -16) FROM item"
                                + " WHERE kind = ? AND id = ?");
        select.setString(1, table.name());
        select.setBytes(2, id);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(joined(rows.getBytes(1), rows.getBytes(2)))
                    : Optional.empty();
        }
    }

    /** What to do with each row's kind, id and seal. */
    interface SealVisitor {
        void visit(String kind, byte[] id, byte[] seal);
    }

    void seals(SealVisitor visitor) throws SQLException {
        PreparedStatement select =
                database.prepared(
                        "SELECT kind, id, substr(value, 1, 17), substr(value, -16) FROM item");
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                visitor.visit(
                        rows.getString(1),
                        rows.getBytes(2),
                        joined(rows.getBytes(3), rows.getBytes(4)));
            }
        }
    }

    private static byte[] joined(byte[] header, byte[] tag) {
        byte[] seal = Arrays.copyOf(header, header.length + tag.length);
        System.arraycopy(tag, 0, seal, header.length, tag.length);
        return seal;
    }
}
