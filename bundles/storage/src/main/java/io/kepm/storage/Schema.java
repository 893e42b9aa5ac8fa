package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** The numbered migrations of the database, each applied whole or not at all. */
final class Schema {

    /** The newest version this agent knows; {@code schema/NNN.sql} leads to version NNN. */
    static final int VERSION = 3;

    private Schema() {}

    /**
     * Brings the database up to {@link #VERSION}, or refuses one that a newer agent has written.
     */
    static void migrate(Database database) throws SQLException, StorageException {
        long version = database.number("PRAGMA user_version");
        if (version > VERSION) {
            throw new StorageException(
                    ("the store has schema %d and this agent knows schemas up to %d: install the"
                                    + " newer agent again, or restore a backup of this one's")
                            .formatted(version, VERSION));
        }
        for (int next = (int) version + 1; next <= VERSION; next++) {
            database.run("BEGIN IMMEDIATE");
            try {
                database.script(resource(next));
                database.script("PRAGMA user_version=" + next + ";\n");
                database.run("COMMIT");
            } catch (SQLException | StorageException e) {
                database.rollback();
                throw e;
            }
        }
    }

    private static String resource(int version) throws StorageException {
        String name = "schema/%03d.sql".formatted(version);
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new StorageException("this agent lacks its own `" + name + "`: reinstall it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StorageException("can't read `" + name + "`: " + e, e);
        }
    }
}
