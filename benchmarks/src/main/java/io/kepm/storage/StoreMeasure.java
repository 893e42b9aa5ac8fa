package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import io.kepm.audit.WholeCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.sqlite.JDBC;

/**
 * How fast records become durable and are read again, beside a plain append with fdatasync and
 * beside bare SQLite in the same run. Rounds are interleaved, since disks are moody. Arguments: a
 * folder on the disk to measure, and how many records the last part fills the store with.
 */
public final class StoreMeasure {

    private static final int ROUNDS = 7;
    private static final int SINGLE = 300;
    private static final int BATCH = 512;
    private static final int WRITERS = 64;
    private static final int EACH = 400;
    private static final int RECORD = 700;

    private final SqliteStorage storage;
    private final Path folder;

    private StoreMeasure(SqliteStorage storage, Path folder) {
        this.storage = storage;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "kepm-bench");
        InstantSource clock = InstantSource.system();
        try (SqliteStorage storage =
                SqliteStorage.open(folder.resolve("store"), Optional.empty(), "0.1.0", clock)) {
            StoreMeasure measure = new StoreMeasure(storage, folder);
            // An agent that has been up for a while: both compilers have had their turn, which with
            // the agent's own flags takes some 100,000 records.
            for (int i = 0; i < 200; i++) {
                measure.commit(BATCH);
            }
            measure.single();
            measure.many();
            measure.fill(Long.parseLong(arguments[1]));
        } finally {
            delete(folder);
        }
    }

    private void single() throws Exception {
        try (FileChannel file =
                        FileChannel.open(
                                folder.resolve("plain"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                Bare bare = new Bare(folder.resolve("bare.db"))) {
            double[][] rates = new double[3][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                rates[0][round] = rate(SINGLE, () -> append(file));
                rates[1][round] = rate(SINGLE, () -> bare.insert(1));
                rates[2][round] = rate(SINGLE, () -> commit(1));
            }
            say("one durable record at a time, records/s");
            say("  append + fdatasync             %,8.0f", median(rates[0]));
            say("  bare SQLite, nothing sealed    %,8.0f", median(rates[1]));
            say("  the store                      %,8.0f", median(rates[2]));
            say(
                    "  ratio to append + fdatasync %.2f, to bare SQLite %.2f",
                    ratio(rates[2], rates[0]), ratio(rates[2], rates[1]));
        }
    }

    private void many() throws Exception {
        try (Bare bare = new Bare(folder.resolve("bare.db"))) {
            double[][] rates = new double[3][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                rates[0][round] = BATCH * rate(40, () -> bare.insert(BATCH));
                rates[1][round] = BATCH * rate(40, () -> commit(BATCH));
                rates[2][round] = writers();
            }
            say("many records, records/s");
            say("  bare SQLite, %d at once       %,8.0f", BATCH, median(rates[0]));
            say("  the store, %d at once         %,8.0f", BATCH, median(rates[1]));
            say("  the store, %d waiting writers  %,8.0f", WRITERS, median(rates[2]));
            say("  ratio of waiting writers to the store's bulk %.2f", ratio(rates[2], rates[1]));
        }
    }

    /** Fills the store up with a day's records a thousand times over, then asks and verifies. */
    private void fill(long records) throws Exception {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        long had = storage.auditHead().orElseThrow().seq();
        long begin = System.nanoTime();
        long seconds = Duration.ofDays(90).toSeconds();
        long resident = 0;
        for (long done = 0; done < records; done += BATCH) {
            List<AuditDraft> drafts = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                long n = done + i;
                drafts.add(draft("user" + n % 1_000, start.plusSeconds(n * seconds / records)));
            }
            storage.commit(new Change(List.of(), drafts));
            if (resident == 0 && done >= records / 10) {
                resident = mebibytes("VmRSS");
            }
        }
        say("%,d records: filled at %,.0f/s", records, records / since(begin));
        double[] millis = new double[20];
        for (int i = 0; i < millis.length; i++) {
            Instant hour = start.plus(Duration.ofHours(20L + i * 97L));
            long asked = System.nanoTime();
            AuditQuery query =
                    new AuditQuery(
                            List.of(),
                            Optional.of("user" + i * 37),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(hour),
                            Optional.of(hour.plus(Duration.ofHours(1))),
                            0,
                            100,
                            true);
            storage.audit(query);
            millis[i] = since(asked) * 1_000;
        }
        Arrays.sort(millis);
        say("  by user and hour: median %.1f ms, longest %.1f ms", median(millis), millis[19]);
        rare();
        begin = System.nanoTime();
        long verified = WholeCheck.records(storage, storage);
        if (verified < had + records) {
            throw new IllegalStateException("only " + verified + " records");
        }
        say("  verified at %,.0f records/s", verified / since(begin));
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        say(
                "  heap in use afterwards %d MiB, file %,d MiB",
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                Files.size(folder.resolve("store/kepm.db")) >> 20);
        say(
                "  resident after a tenth %d MiB, now %d MiB, at most %d MiB",
                resident, mebibytes("VmRSS"), mebibytes("VmHWM"));
    }

    /** A search that has to look at every record, and what it costs those who decide meanwhile. */
    private void rare() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong longest = new AtomicLong();
        Thread decisions =
                new Thread(
                        () -> {
                            while (!done.get()) {
                                long begun = System.nanoTime();
                                commit(1);
                                longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                            }
                        });
        decisions.start();
        long begin = System.nanoTime();
        storage.audit(
                new AuditQuery(
                        List.of(AuditType.AGENT_GAP.name()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        100,
                        true));
        double seconds = since(begin);
        done.set(true);
        decisions.join();
        say(
                "  a type that never came: looked for in %.1f s, longest commit meanwhile %.0f ms",
                seconds, longest.get() / 1e6);
    }

    /** What the kernel says of this process. */
    private static long mebibytes(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .findFirst()
                .orElse(0);
    }

    private double writers() {
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            threads.add(
                    new Thread(
                            () -> {
                                for (int i = 0; i < EACH; i++) {
                                    commit(1);
                                }
                            }));
        }
        long start = System.nanoTime();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return WRITERS * EACH / since(start);
    }

    private void commit(int records) {
        List<AuditDraft> drafts = new ArrayList<>(records);
        for (int i = 0; i < records; i++) {
            drafts.add(draft("alice", Instant.now()));
        }
        try {
            storage.commit(new Change(List.of(), drafts));
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AuditDraft draft(String user, Instant time) {
        return AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW")
                .time(time)
                .user(AuditDraft.UserInfo.of(user, 1001))
                .target(
                        new AuditDraft.TargetInfo(
                                "/usr/bin/systemctl",
                                List.of("systemctl", "restart", "nginx"),
                                "",
                                "/",
                                "root"))
                .request("7f0c7d3e-5b1a-4a55-9d55-0d5c1c9e6f10")
                .reason("policy web-team v3")
                .build();
    }

    private static void append(FileChannel file) {
        byte[] line = new byte[RECORD];
        ThreadLocalRandom.current().nextBytes(line);
        try {
            file.write(ByteBuffer.wrap(line));
            file.force(false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SQLite with the same pragmas and one table of bytes. */
    private static final class Bare implements AutoCloseable {
        private final Connection connection;
        private final PreparedStatement insert;

        Bare(Path file) throws SQLException {
            connection = new JDBC().connect("jdbc:sqlite:" + file, new Properties());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA locking_mode=EXCLUSIVE");
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY, body BLOB)");
            }
            connection.setAutoCommit(false);
            insert = connection.prepareStatement("INSERT INTO record (body) VALUES (?)");
        }

        void insert(int records) {
            try {
                for (int i = 0; i < records; i++) {
                    byte[] body = new byte[RECORD];
                    ThreadLocalRandom.current().nextBytes(body);
                    insert.setBytes(1, body);
                    insert.executeUpdate();
                }
                connection.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private static double rate(int times, Runnable once) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            once.run();
        }
        return times / since(start);
    }

    /** The median of the ratios of each round. */
    private static double ratio(double[] ours, double[] theirs) {
        double[] ratios = new double[ours.length];
        for (int i = 0; i < ours.length; i++) {
            ratios[i] = ours[i] / theirs[i];
        }
        return median(ratios);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void say(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
