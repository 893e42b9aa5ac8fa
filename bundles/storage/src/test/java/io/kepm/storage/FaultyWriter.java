package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs in a process with {@code faulty.c} preloaded: has the first, the second, the third… call of
 * a store's life fail, and looks each time what is there afterwards. Arguments: a folder, the
 * shared page, an error number, how many calls fail in a row. Says what it found, or {@code all N}.
 */
final class FaultyWriter {

    private static final int CHANGES = 3;
    private static final int OFF = -1;

    private final Path base;
    private final IntBuffer orders;

    private FaultyWriter(Path base, IntBuffer orders) {
        this.base = base;
        this.orders = orders;
    }

    public static void main(String[] arguments) throws Exception {
        IntBuffer orders;
        try (FileChannel page =
                FileChannel.open(
                        Path.of(arguments[1]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            orders =
                    page.map(FileChannel.MapMode.READ_WRITE, 0, 16)
                            .order(ByteOrder.nativeOrder())
                            .asIntBuffer();
        }
        new FaultyWriter(Path.of(arguments[0]), orders)
                .all(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    }

    private void all(int error, int times) throws Exception {
        for (int n = 0; n < 10_000; n++) {
            Path folder = base.resolve("e" + error + "-" + times + "-" + n);
            Map<String, String> acknowledged = new HashMap<>();
            Map<String, String> refused = new HashMap<>();
            arm(n, error, times);
            work(folder, acknowledged, refused);
            boolean hit = orders.get(3) > 0;
            arm(OFF, 0, 0);
            String fault = look(folder, acknowledged, refused);
            if (!fault.isEmpty()) {
                System.out.println("call " + n + ": " + fault);
                return;
            }
            delete(folder);
            if (!hit) {
                System.out.println("all " + n);
                return;
            }
        }
    }

    private void arm(int before, int error, int times) {
        orders.put(0, OFF).put(1, error).put(2, times).put(3, 0).put(0, before);
    }

    private static void work(
            Path folder, Map<String, String> acknowledged, Map<String, String> refused) {
        try (SqliteStorage storage = Stores.open(folder)) {
            for (int i = 0; i < CHANGES; i++) {
                String key = "k" + i;
                try {
                    AuditEntry entry =
                            storage.commit(
                                            new Change(
                                                    java.util.List.of(
                                                            new Mutation.Put(
                                                                    Table.GRANTS,
                                                                    key,
                                                                    new byte[3_000])),
                                                    java.util.List.of(Stores.draft(key))))
                                    .get(0);
                    acknowledged.put(key, entry.seq() + " " + entry.hash());
                } catch (StorageException e) {
                    refused.put(key, String.valueOf(e.getMessage()));
                }
            }
        } catch (StorageException e) {
            // It did not open, or not well: nothing more was acknowledged.
        }
    }

    /** What is not as it has to be; empty when all is. */
    private static String look(
            Path folder, Map<String, String> acknowledged, Map<String, String> refused)
            throws Exception {
        try (SqliteStorage storage = Stores.open(folder)) {
            String chain = Stores.verify(storage);
            if (!chain.startsWith("intact")) {
                return chain;
            }
            Map<String, byte[]> grants = storage.list(Table.GRANTS);
            for (Map.Entry<String, String> entry : acknowledged.entrySet()) {
                String[] place = entry.getValue().split(" ");
                AuditEntry there =
                        storage.audit(AuditQuery.after(Long.parseLong(place[0]) - 1, 1)).get(0);
                if (!there.hash().equals(place[1]) || !grants.containsKey(entry.getKey())) {
                    return "`" + entry.getKey() + "` was acknowledged and is lost";
                }
            }
            for (Map.Entry<String, String> entry : refused.entrySet()) {
                // A disk that takes nothing any more does not let go of it; then it is said.
                boolean isSaid = entry.getValue().contains("may still be found on record");
                if (grants.containsKey(entry.getKey()) && !isSaid) {
                    return "`" + entry.getKey() + "` was refused and is there: " + entry.getValue();
                }
            }
            long records = storage.auditHead().map(AuditEntry::seq).orElse(0L);
            return records == grants.size()
                    ? ""
                    : records + " records of " + grants.size() + " changes";
        } catch (StorageException e) {
            return "it does not open any more: " + e.getMessage();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
