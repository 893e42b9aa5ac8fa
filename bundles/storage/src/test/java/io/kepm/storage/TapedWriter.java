package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs in a process with {@code tape.c} preloaded: a store's life in an empty folder, with enough
 * changes that the WAL is taken over into the file several times, and a restart between.
 */
final class TapedWriter {

    private TapedWriter() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        try (OutputStream acknowledged = Files.newOutputStream(folder.resolve(Tape.ACKNOWLEDGED))) {
            for (int life = 0; life < 2; life++) {
                try (SqliteStorage storage = Stores.open(folder)) {
                    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                        commit(storage, life + "-" + i, acknowledged);
                    }
                }
            }
        }
        System.out.println("done");
    }

    private static void commit(SqliteStorage storage, String key, OutputStream acknowledged)
            throws Exception {
        Mutation put = new Mutation.Put(Table.GRANTS, key, new byte[20_000]);
        AuditEntry entry =
                storage.commit(new Change(List.of(put), List.of(Stores.draft(key)))).get(0);
        acknowledged.write((entry.seq() + " " + entry.hash() + " " + key + "\n").getBytes());
    }
}
