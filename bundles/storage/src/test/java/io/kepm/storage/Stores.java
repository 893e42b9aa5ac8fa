package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.ChainVerifier;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.JDBC;

/** Real stores in temporary folders, and hands that reach into them from outside. */
final class Stores {

    private Stores() {}

    static SqliteStorage open(Path folder) throws StorageException {
        return SqliteStorage.open(folder, Optional.empty(), "0.1.0", InstantSource.system());
    }

    /** Statements of somebody who has the file but not the agent. */
    static void tamper(Path folder, String... statements) throws SQLException {
        Properties impatient = new Properties();
        impatient.setProperty("busy_timeout", "0");
        try (Connection connection =
                        new JDBC().connect("jdbc:sqlite:" + folder.resolve("kepm.db"), impatient);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static AuditDraft draft(String reason) {
        return AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW")
                .user(AuditDraft.UserInfo.of("alice", 1001))
                .target(
                        new AuditDraft.TargetInfo(
                                "/usr/bin/systemctl",
                                List.of("systemctl", "restart", "nginx"),
                                "",
                                "/",
                                "root"))
                .request("req-" + reason)
                .reason(reason)
                .build();
    }

    static Change put(String key, String value) {
        return new Change(List.of(new Mutation.Put(Table.GRANTS, key, utf8(value))), List.of());
    }

    static Change create(String key, String value) {
        return new Change(List.of(new Mutation.Create(Table.GRANTS, key, utf8(value))), List.of());
    }

    static Change take(String key) {
        return new Change(List.of(new Mutation.Take(Table.GRANTS, key)), List.of());
    }

    static Optional<String> text(SqliteStorage storage, String key) throws StorageException {
        return storage.get(Table.GRANTS, key)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the whole audit; what is wrong with the first bad record, or "intact: n". */
    static String verify(SqliteStorage storage) throws StorageException {
        ChainVerifier verifier = new ChainVerifier(1, io.kepm.api.audit.AuditChain.GENESIS);
        long last = 0;
        while (true) {
            List<AuditEntry> page = storage.audit(AuditQuery.after(last, 1000));
            if (page.isEmpty()) {
                return "intact: " + verifier.count();
            }
            for (AuditEntry entry : page) {
                Optional<String> fault = verifier.accept(entry);
                if (fault.isPresent()) {
                    return fault.get();
                }
                last = entry.seq();
            }
        }
    }
}
