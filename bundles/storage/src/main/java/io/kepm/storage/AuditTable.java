package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of the audit, in order of their place. For use by the writer thread alone. */
final class AuditTable {

    private static final String COLUMNS = "seq, time, type, account, target, request, body";

    static final String INSERT = "INSERT INTO audit (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)";

    private final Database database;

    AuditTable(Database database) {
        this.database = database;
    }

    void insert(AuditRow row) throws SQLException {
        PreparedStatement insert = database.prepared(INSERT);
        insert.setLong(1, row.seq());
        insert.setLong(2, row.time());
        insert.setString(3, row.type());
        setOrNull(insert, 4, row.account());
        setOrNull(insert, 5, row.target());
        setOrNull(insert, 6, row.request());
        insert.setBytes(7, row.body());
        insert.executeUpdate();
    }

    Optional<AuditRow> find(long seq) throws SQLException {
        PreparedStatement select =
                database.prepared("SELECT " + COLUMNS + " FROM audit WHERE seq = ?");
        select.setLong(1, seq);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(row(rows)) : Optional.empty();
        }
    }

    /** Removes the rows up to a place. */
    void removeThrough(long seq) throws SQLException {
        PreparedStatement delete = database.prepared("DELETE FROM audit WHERE seq <= ?");
        delete.setLong(1, seq);
        delete.executeUpdate();
    }

    /**
     * A page of rows.
     *
     * @param hashes turns what is searched for into what stands in the columns
     */
    List<AuditRow> select(AuditQuery query, KeyedHash hashes) throws SQLException {
        List<String> terms = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        if (query.after() > 0) {
            terms.add(query.newestFirst() ? "seq < ?" : "seq > ?");
            values.add(query.after());
        }
        hash(hashes, "account", query.user(), terms, values);
        hash(hashes, "target", query.target(), terms, values);
        hash(hashes, "request", query.request(), terms, values);
        query.from()
                .ifPresent(
                        from -> {
                            terms.add("time >= ?");
                            values.add(from.toEpochMilli());
                        });
        query.to()
                .ifPresent(
                        to -> {
                            terms.add("time <= ?");
                            values.add(to.toEpochMilli());
                        });
        if (!query.types().isEmpty()) {
            terms.add("type IN (" + "?,".repeat(query.types().size() - 1) + "?)");
            values.addAll(query.types());
        }
        return rows(query, terms, values);
    }

    private List<AuditRow> rows(AuditQuery query, List<String> terms, List<Object> values)
            throws SQLException {
        String where = terms.isEmpty() ? "" : " WHERE " + String.join(" AND ", terms);
        String order = query.newestFirst() ? " DESC" : "";
        // Only words of ours are in the text; what was asked for is bound.
        try (PreparedStatement select =
                database.once(
                        "SELECT "
                                + COLUMNS
                                + " FROM audit"
                                + where
                                + " ORDER BY seq"
                                + order
                                + " LIMIT "
                                + query.limit())) {
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            List<AuditRow> rows = new ArrayList<>();
            try (ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    rows.add(row(result));
                }
            }
            return rows;
        }
    }

    private static void hash(
            KeyedHash hashes,
            String column,
            Optional<String> value,
            List<String> terms,
            List<Object> values) {
        value.ifPresent(
                text -> {
                    terms.add(column + " = ?");
                    values.add(hashes.of(column, text));
                });
    }

    private static AuditRow row(ResultSet result) throws SQLException {
        return new AuditRow(
                result.getLong(1),
                result.getLong(2),
                result.getString(3),
                result.getBytes(4),
                result.getBytes(5),
                result.getBytes(6),
                result.getBytes(7));
    }

    private static void setOrNull(PreparedStatement insert, int index, byte @Nullable [] value)
            throws SQLException {
        if (value == null) {
            insert.setNull(index, Types.BLOB);
        } else {
            insert.setBytes(index, value);
        }
    }
}
