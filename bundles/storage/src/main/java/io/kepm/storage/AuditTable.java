package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import java.nio.charset.StandardCharsets;
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

    /** A record that searches find at once. */
    static final String INSERT_SEARCHABLE =
            "INSERT INTO audit (" + AuditStatement.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)";

    private static final String INSERT =
            "INSERT INTO audit ("
                    + AuditStatement.COLUMNS
                    + ", searchable) VALUES (?, ?, ?, ?, ?, ?, ?, 0)";

    /** The last place up to which all are searchable: those that are not are the newest ones. */
    private static final String SEARCHABLE =
            "SELECT max(seq) FROM (SELECT seq FROM audit NOT INDEXED WHERE searchable = 1"
                    + " ORDER BY seq DESC LIMIT 1)";

    private static final long UNKNOWN = -1;

    static final String TIMES =
            "SELECT min(seq), max(seq), max(time), count(*) FROM (SELECT seq, time FROM audit"
                    + " INDEXED BY audit_time WHERE searchable = 1 AND time >= ? AND time <= ? ORDER BY time LIMIT ?)";

    private final Database database;
    private long searchable = UNKNOWN;

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

    /**
     * Fills in what searches lead by, for all records so far. To be called between two batches;
     * does nothing, and writes nothing, when there is none to be added.
     *
     * @param last place of the last record
     * @throws SQLException when that can't be written; the records are as they were
     */
    void makeSearchable(long last) throws SQLException {
        if (waiting(last) == 0) {
            return;
        }
        try {
            database.run("BEGIN IMMEDIATE");
            PreparedStatement update =
                    database.prepared(
                            "UPDATE audit SET searchable = 1 WHERE seq > ? AND seq <= ?"
                                    + " AND searchable = 0");
            update.setLong(1, searchable);
            update.setLong(2, last);
            update.executeUpdate();
            database.run("COMMIT");
            searchable = last;
        } catch (SQLException | RuntimeException e) {
            database.rollback();
            searchable = UNKNOWN;
            throw e;
        }
    }

    /** How many records no search that is led by something finds yet. */
    long waiting(long last) throws SQLException {
        if (searchable == UNKNOWN) {
            searchable = database.number(SEARCHABLE);
        }
        return Math.max(0, last - searchable);
    }

    Optional<AuditRow> find(long seq) throws SQLException {
        PreparedStatement select =
                database.prepared("SELECT " + AuditStatement.COLUMNS + " FROM audit WHERE seq = ?");
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

    /** A page of rows. */
    List<AuditRow> select(AuditQuery query, KeyedHash hashes) throws SQLException {
        return select(AuditStatement.of(query, hashes, Optional.empty()));
    }

    /** The rows that a statement finds. */
    List<AuditRow> select(AuditStatement statement) throws SQLException {
        return select(statement, Long.MAX_VALUE);
    }

    /**
     * The first rows that a statement finds.
     *
     * @param room bytes of bodies after which no further row is read
     */
    List<AuditRow> select(AuditStatement statement, long room) throws SQLException {
        try (PreparedStatement select = database.once(statement.sql())) {
            for (int i = 0; i < statement.values().size(); i++) {
                select.setObject(i + 1, statement.values().get(i));
            }
            List<AuditRow> rows = new ArrayList<>();
            try (ResultSet result = select.executeQuery()) {
                long left = room;
                while (left > 0 && result.next()) {
                    AuditRow row = row(result);
                    rows.add(row);
                    left -= row.body().length;
                }
            }
            return rows;
        }
    }

    /**
     * What some entries of the index of times say.
     *
     * @param places between which their records lie
     * @param latest their latest time
     */
    record Times(AuditSearch.Span places, long latest, int count) {}

    /** The first entries of a time, at most so many. */
    Times times(long from, long to, int most) throws SQLException {
        PreparedStatement select = database.prepared(TIMES);
        select.setLong(1, from);
        select.setLong(2, to);
        select.setInt(3, most);
        try (ResultSet rows = select.executeQuery()) {
            boolean isAny = rows.next() && rows.getInt(4) > 0;
            return isAny
                    ? new Times(
                            new AuditSearch.Span(rows.getLong(1), rows.getLong(2)),
                            rows.getLong(3),
                            rows.getInt(4))
                    : new Times(AuditSearch.Span.NONE, from, 0);
        }
    }

    private static AuditRow row(ResultSet result) throws SQLException {
        return new AuditRow(
                result.getLong(1),
                result.getLong(2),
                // As bytes: the driver's way to a text costs as much as the rest of a row.
                new String(result.getBytes(3), StandardCharsets.UTF_8),
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
