package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends from eight threads, and prints what was acknowledged, until it is killed; with a second
 * argument, until memory runs out, wherever that strikes.
 */
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
        if (arguments.length > 1) {
            eat(Integer.parseInt(arguments[1]));
        }
    }

    /** Keeps ever smaller pieces, so that the last one to ask may be anybody. */
    private static void eat(int largest) throws InterruptedException {
        List<byte[]> eaten = new ArrayList<>();
        for (int size = largest; ; size = Math.max(16, size - size / 64)) {
            eaten.add(new byte[size]);
            if (eaten.size() % 512 == 0) {
                Thread.sleep(1);
            }
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
