package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How fast records become durable, beside a plain append with fdatasync in the same run; arguments:
 * a folder on the disk to measure. Runs are interleaved, since disks are moody.
 */
final class StoreBenchmark {

    private static final int ROUNDS = 5;
    private static final int SINGLE = 400;
    private static final int WRITERS = 64;
    private static final int EACH = 600;

    private StoreBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "kepm-bench");
        try (SqliteStorage storage = Stores.open(folder)) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                double plain = plain(folder.resolve("plain-" + round));
                double single = single(storage);
                ratios.add(single / plain);
                System.out.printf(
                        "plain append+fdatasync %.0f/s, single durable append %.0f/s, ratio %.2f%n",
                        plain, single, single / plain);
            }
            Collections.sort(ratios);
            System.out.printf("median ratio %.2f%n", ratios.get(ROUNDS / 2));
            for (int round = 0; round < ROUNDS; round++) {
                double bulk = bulk(storage);
                double many = many(storage);
                System.out.printf(
                        "bulk %.0f records/s, %d writers %.0f records/s, ratio %.2f%n",
                        bulk, WRITERS, many, many / bulk);
            }
            elevation(storage);
            long start = System.nanoTime();
            String result = Stores.verify(storage);
            System.out.printf(
                    "verify %s: %.0f records/s%n",
                    result, rate(storage.auditHead().orElseThrow().seq(), start));
        }
    }

    private static double plain(Path file) throws IOException {
        byte[] line = new byte[700];
        long start = System.nanoTime();
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SINGLE; i++) {
                ThreadLocalRandom.current().nextBytes(line);
                channel.write(ByteBuffer.wrap(line));
                channel.force(false);
            }
        }
        return rate(SINGLE, start);
    }

    private static double single(SqliteStorage storage) throws StorageException {
        long start = System.nanoTime();
        for (int i = 0; i < SINGLE; i++) {
            storage.commit(Change.record(Stores.draft("single " + i)));
        }
        return rate(SINGLE, start);
    }

    /** The most that one caller can push through: 512 records a change. */
    private static double bulk(SqliteStorage storage) throws StorageException {
        List<AuditDraft> drafts = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            drafts.add(Stores.draft("bulk " + i));
        }
        long start = System.nanoTime();
        for (int i = 0; i < 40; i++) {
            storage.commit(new Change(List.of(), drafts));
        }
        return rate(512 * 40, start);
    }

    private static double many(SqliteStorage storage) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            threads.add(new Thread(() -> append(storage)));
        }
        long start = System.nanoTime();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        return rate(WRITERS * EACH, start);
    }

    private static void append(SqliteStorage storage) {
        try {
            for (int i = 0; i < EACH; i++) {
                storage.commit(Change.record(Stores.draft("many " + i)));
            }
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What one elevation costs: three records and a value, one commit. */
    private static void elevation(SqliteStorage storage) throws StorageException {
        int times = 2_000;
        long cpu = cpuNanos();
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            storage.commit(
                    new Change(
                            List.of(new Mutation.Put(Table.GRANTS, "g" + i, new byte[400])),
                            List.of(Stores.draft("a"), Stores.draft("b"), Stores.draft("c"))));
        }
        System.out.printf(
                "elevation (3 records, 1 value): %.0f us each, of which %.0f us of processor%n",
                (System.nanoTime() - start) / 1e3 / times, (cpuNanos() - cpu) / 1e3 / times);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static double rate(long count, long start) {
        return count / ((System.nanoTime() - start) / 1e9);
    }
}
