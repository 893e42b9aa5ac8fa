package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditQuery;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

    @TempDir Path temp;

    @Test
    void ab_106_without_space_nothing_is_acknowledged_and_with_space_it_goes_on() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("before")));
            limit(storage, "(SELECT page_count FROM pragma_page_count)");
            StorageException refusal = fillUp(storage, 100).orElseThrow();
            assertThat(refusal).hasMessageContaining("no space left");
            assertThat(storage.health().level()).isEqualTo(Level.UNHEALTHY);
            long head = storage.auditHead().map(entry -> entry.seq()).orElse(0L);
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + head);
            assertThat(Stores.text(storage, "big-" + head)).isEmpty();

            limit(storage, "1000000");
            storage.commit(Change.record(Stores.draft("after")));
            assertThat(storage.health().level()).isEqualTo(Level.HEALTHY);
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + (head + 1));
            // The very statement that had failed is good again.
            assertThat(fillUp(storage, 3)).isEmpty();
            assertThat(storage.list(Table.GRANTS)).containsKeys("big-1", "big-3");
        }
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.verify(storage)).startsWith("intact: ");
        }
    }

    /** The short form of an hour: {@code -Dkepm.full.seconds=3600} is the long one. */
    @Test
    void f10_a_disk_that_is_full_under_load_and_then_freed_loses_nothing_acknowledged()
            throws Exception {
        int seconds = Integer.getInteger("kepm.full.seconds", 2);
        Map<Long, String> acknowledged = new ConcurrentHashMap<>();
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        try (SqliteStorage storage = Stores.open(temp)) {
            Runnable load =
                    () -> {
                        while (!done.get()) {
                            try {
                                storage.commit(Change.record(Stores.draft("x".repeat(5_000))))
                                        .forEach(e -> acknowledged.put(e.seq(), e.hash()));
                            } catch (StorageException e) {
                                refused.incrementAndGet();
                            }
                        }
                    };
            List<Thread> threads =
                    List.of(new Thread(load), new Thread(load), new Thread(load), new Thread(load));
            limit(storage, "(SELECT page_count FROM pragma_page_count)");
            threads.forEach(Thread::start);
            Thread.sleep(seconds * 1_000L);
            for (int i = 0; i < 1_200 && refused.get() == 0; i++) {
                Thread.sleep(50);
            }
            assertThat(refused.get()).isPositive();
            assertThat(storage.health().level()).isEqualTo(Level.UNHEALTHY);
            int before = acknowledged.size();
            limit(storage, "1000000");
            for (int i = 0; i < 1_200 && acknowledged.size() == before; i++) {
                Thread.sleep(50);
            }
            done.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(acknowledged).hasSizeGreaterThan(before);
            assertThat(storage.health().level()).isEqualTo(Level.HEALTHY);
            System.out.printf(
                    "full for %d s: %,d records refused, %,d acknowledged after it%n",
                    seconds, refused.get(), acknowledged.size() - before);
        }
        try (SqliteStorage storage = Stores.open(temp)) {
            long head = storage.auditHead().orElseThrow().seq();
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + head);
            assertThat(acknowledged).hasSize((int) head);
            for (Map.Entry<Long, String> entry : acknowledged.entrySet()) {
                assertThat(storage.audit(AuditQuery.after(entry.getKey() - 1, 1)).get(0).hash())
                        .isEqualTo(entry.getValue());
            }
        }
    }

    private static Optional<StorageException> fillUp(SqliteStorage storage, int times) {
        for (int i = 1; i <= times; i++) {
            Change change =
                    new Change(
                            List.of(new Mutation.Put(Table.GRANTS, "big-" + i, new byte[20_000])),
                            List.of(Stores.draft("fills up")));
            try {
                storage.commit(change);
            } catch (StorageException e) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    private static void limit(SqliteStorage storage, String pages) throws StorageException {
        storage.read(
                tables -> {
                    long count = tables.database().number("PRAGMA page_count");
                    String limit = pages.startsWith("(") ? Long.toString(count) : pages;
                    return tables.database().number("PRAGMA max_page_count=" + limit);
                });
    }

    /**
     * A limit on the size of files makes writes fail as a dying disk does (SQLite sees an I/O
     * error, not a lack of space).
     */
    @Test
    void f6_after_an_io_error_nothing_more_is_acknowledged_until_the_store_is_opened_anew()
            throws Exception {
        Stores.open(temp).close();
        List<String> command =
                new ArrayList<>(List.of("bash", "-c", "ulimit -f 400; exec \"$@\"", "bash"));
        command.addAll(ChildJvm.command(FailingWriter.class));
        command.add(temp.toString());
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said).contains("refused after the fault: ").contains("nothing more is written");
        int acknowledged = Integer.parseInt(said.replaceAll("(?s).*acknowledged=(\\d+).*", "$1"));
        try (SqliteStorage storage = Stores.open(temp)) {
            long head = storage.auditHead().orElseThrow().seq();
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + head);
            assertThat(head).isEqualTo(acknowledged);
        }
    }

    /** Writes until the disk fails, lets it recover, and tries again. */
    static final class FailingWriter {
        private FailingWriter() {}

        public static void main(String[] arguments) throws Exception {
            SqliteStorage storage = Stores.open(Path.of(arguments[0]));
            int acknowledged = 0;
            try {
                while (true) {
                    storage.commit(Change.record(Stores.draft("x".repeat(5_000))));
                    acknowledged++;
                }
            } catch (StorageException e) {
                System.out.println("failed: " + e.getMessage());
            }
            System.out.println("acknowledged=" + acknowledged + ";");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> storage.commit(Change.record(Stores.draft("small"))))
                        .isInstanceOf(StorageException.class);
            }
            System.out.println("health: " + storage.health());
            try {
                storage.commit(Change.record(Stores.draft("small")));
            } catch (StorageException e) {
                System.out.println("refused after the fault: " + e.getMessage());
            }
            storage.close();
        }
    }
}
