package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {

    private static final int THREADS = 64;
    private static final int EACH = 50;

    @TempDir Path temp;

    @Test
    void many_writers_at_once_get_places_without_holes_and_a_whole_chain() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try (SqliteStorage storage = Stores.open(temp)) {
            List<Future<List<Long>>> futures = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                String name = "t" + thread;
                futures.add(pool.submit(() -> appendAll(storage, name)));
            }
            List<Long> seqs = new ArrayList<>();
            for (Future<List<Long>> future : futures) {
                List<Long> own = future.get();
                assertThat(own).isSorted();
                seqs.addAll(own);
            }
            assertThat(seqs)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 2L * THREADS * EACH).boxed().toList());
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + 2L * THREADS * EACH);
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<Long> appendAll(SqliteStorage storage, String name) throws Exception {
        List<Long> seqs = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            List<AuditEntry> entries =
                    storage.commit(Change.record(Stores.draft(name), Stores.draft(name + "-" + i)));
            // The records of one change stand side by side.
            assertThat(entries.get(1).seq()).isEqualTo(entries.get(0).seq() + 1);
            entries.forEach(entry -> seqs.add(entry.seq()));
        }
        return seqs;
    }

    @Test
    void ab_100_of_many_who_take_one_value_exactly_one_wins() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(16);
        try (SqliteStorage storage = Stores.open(temp)) {
            for (int round = 0; round < 100; round++) {
                storage.commit(Stores.create("once", "x"));
                AtomicInteger winners = new AtomicInteger();
                List<Future<?>> racers = new ArrayList<>();
                for (int racer = 0; racer < 16; racer++) {
                    racers.add(pool.submit(() -> takeOnce(storage, winners)));
                }
                for (Future<?> racer : racers) {
                    racer.get();
                }
                assertThat(winners).hasValue(1);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void takeOnce(SqliteStorage storage, AtomicInteger winners) {
        try {
            storage.commit(Stores.take("once"));
            winners.incrementAndGet();
        } catch (StorageException e) {
            assertThat(e).hasMessageContaining("no more");
        }
    }
}
