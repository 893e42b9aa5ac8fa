package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {

    /** The long form has 200. */
    private static final int ROUNDS = Integer.getInteger("kepm.killRounds", 10);

    @TempDir Path temp;

    @Test
    void f1_what_was_acknowledged_survives_kill_9_and_nothing_is_half_there() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        Random random = new Random(9);
        for (int round = 0; round < ROUNDS; round++) {
            int before = acknowledged.size();
            killAfter(before + 1 + random.nextInt(400), acknowledged);
            assertThat(acknowledged).hasSizeGreaterThan(before);
            check(acknowledged);
        }
    }

    /** As the agent is started: out of memory ends it, since half of one could not even deny. */
    @Test
    void f4_memory_that_runs_out_anywhere_ends_the_writer_and_loses_nothing_acknowledged()
            throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < Integer.getInteger("kepm.killRounds", 3); round++) {
            List<String> command =
                    new ArrayList<>(
                            ChildJvm.command(
                                    CrashingWriter.class,
                                    "-Xmx20m",
                                    "-XX:+UseSerialGC",
                                    "-XX:+ExitOnOutOfMemoryError"));
            command.addAll(List.of(temp.toString(), Integer.toString(1 << (10 + round % 6))));
            Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
            boolean ran = false;
            try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    ran |= line.contains("OutOfMemoryError");
                    if (line.matches("ack [0-9]+ [0-9a-f]{64} [0-9-]+")) {
                        acknowledged.add(line);
                    }
                }
            }
            assertThat(child.waitFor()).as("ended by the JVM").isEqualTo(3);
            assertThat(ran).isTrue();
            check(acknowledged);
        }
        assertThat(acknowledged).isNotEmpty();
    }

    /** Kills the writer once so many are acknowledged; keeps all that it had printed by then. */
    private void killAfter(int count, List<String> acknowledged)
            throws IOException, InterruptedException {
        Process child = ChildJvm.start(CrashingWriter.class, temp.toString());
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                assertThat(line).doesNotStartWith("failed");
                if (line.startsWith("ack ")) {
                    acknowledged.add(line);
                }
                if (acknowledged.size() == count) {
                    // By its handle: destroying it as a Process would close what it had printed.
                    child.toHandle().destroyForcibly();
                }
                line = lines.readLine();
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private void check(List<String> acknowledged) throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            long head = storage.auditHead().orElseThrow().seq();
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + head);
            Map<String, byte[]> grants = storage.list(Table.GRANTS);
            // Each change was one value and one record: never one without the other.
            assertThat(grants).hasSize((int) head);
            Map<Long, String> hashes = hashes(storage);
            for (String line : acknowledged) {
                String[] words = line.split(" ");
                assertThat(hashes).containsEntry(Long.parseLong(words[1]), words[2]);
                assertThat(grants).containsKey(words[3]);
            }
        }
    }

    private static Map<Long, String> hashes(SqliteStorage storage) throws Exception {
        Map<Long, String> hashes = new HashMap<>();
        long last = 0;
        for (List<AuditEntry> page = storage.audit(AuditQuery.after(last, 1_000));
                !page.isEmpty();
                page = storage.audit(AuditQuery.after(last, 1_000))) {
            page.forEach(entry -> hashes.put(entry.seq(), entry.hash()));
            last = page.get(page.size() - 1).seq();
        }
        return hashes;
    }
}
