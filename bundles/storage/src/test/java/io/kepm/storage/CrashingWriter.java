package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.util.List;

/** Appends from eight threads, and prints what was acknowledged, until it is killed. */
final class CrashingWriter {

    private CrashingWriter() {}

    public static void main(String[] arguments) throws Exception {
        SqliteStorage storage;
        try {
            storage = Stores.open(Path.of(arguments[0]));
        } catch (StorageException e) {
            System.out.println(e.getMessage());
            System.exit(3);
            return;
        }
        for (int thread = 0; thread < 8; thread++) {
            String name = ProcessHandle.current().pid() + "-" + thread;
            new Thread(() -> append(storage, name)).start();
        }
    }

    private static void append(SqliteStorage storage, String name) {
        try {
            for (int i = 0; ; i++) {
                String key = name + "-" + i;
                AuditEntry entry =
                        storage.commit(
                                        new Change(
                                                List.of(
                                                        new Mutation.Create(
                                                                Table.GRANTS,
                                                                key,
                                                                Stores.utf8(key))),
                                                List.of(Stores.draft(key))))
                                .get(0);
                synchronized (CrashingWriter.class) {
                    System.out.println("ack " + entry.seq() + " " + entry.hash() + " " + key);
                    System.out.flush();
                }
            }
        } catch (StorageException e) {
            System.out.println("failed " + e.getMessage());
        }
    }
}
