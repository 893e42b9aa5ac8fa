package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes at many places of a store's life; of what was not synced, nothing, everything, or
 * any sectors are there. {@code -Dkepm.power.cuts=N} says at how many places (2000 in the long
 * profile).
 */
class PowerCutTest {

    private static final int CUTS = Integer.getInteger("kepm.power.cuts", 60);
    private static final int CHANGES = 120;

    @TempDir Path temp;
    private Tape tape = new Tape();

    @BeforeEach
    void record() throws Exception {
        Path library = temp.resolve("tape.so");
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/cc")), "there is no C compiler (package gcc)");
        run(
                new ProcessBuilder(
                        List.of(
                                "cc",
                                "-shared",
                                "-fPIC",
                                "-O1",
                                "-o",
                                library.toString(),
                                "src/test/c/tape.c",
                                "-ldl")));
        Path folder = Files.createDirectory(temp.resolve("life"));
        Path file = temp.resolve("tape");
        Map<String, String> environment =
                Map.of(
                        "LD_PRELOAD", library.toString(),
                        "KEPM_TAPE", file.toString(),
                        "KEPM_TAPE_OF", folder.toString());
        Process child =
                ChildJvm.start(
                        TapedWriter.class, environment, folder.toString(), String.valueOf(CHANGES));
        assertThat(said(child)).contains("done");
        tape = Tape.read(file);
        assertThat(tape.syncs()).isGreaterThan(2 * CHANGES);
        assertThat(tape.acknowledged(tape.size())).hasSize(2 * CHANGES);
    }

    /** A compiler may have something to remark. */
    private static void run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        String said = said(process);
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static String said(Process process) throws Exception {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void f2_a_power_cut_anywhere_loses_nothing_that_was_acknowledged() throws Exception {
        Random random = new Random(7);
        int[] places = random.ints(CUTS, 1, tape.size() + 1).sorted().toArray();
        Tape.Machine machine = tape.machine();
        for (int cut = 0; cut < CUTS; cut++) {
            int until = places[cut];
            int sector = cut % 2 == 0 ? 512 : 4_096;
            // Nothing of it, all of it, or one half, one tenth, nine tenths.
            double share = List.of(0.0, 0.5, 0.1, 0.9, 1.0).get(cut % 5);
            machine.runTo(until);
            cutAt(machine, until, sector, () -> random.nextDouble() < share);
        }
    }

    /** Killed, that is: every call before it came through, the next one did not. */
    @Test
    void f1_a_kill_after_any_call_of_a_commit_loses_nothing_that_was_acknowledged()
            throws Exception {
        int calls = Math.min(tape.size() - 1, CUTS / 2);
        int first = (tape.size() - calls) / 2;
        Tape.Machine machine = tape.machine();
        for (int until = first; until < first + calls; until++) {
            machine.runTo(until);
            cutAt(machine, until, 4_096, () -> true);
        }
    }

    /** The last page of the WAL half written: the change in it was not acknowledged. */
    @Test
    void f7_a_half_written_tail_is_no_damage() throws Exception {
        Tape.Machine machine = tape.machine();
        for (int until = tape.size() - 40; until < tape.size(); until += 3) {
            int[] sectors = {0};
            machine.runTo(until);
            cutAt(machine, until, 512, () -> sectors[0]++ < 3);
        }
    }

    /**
     * A disk whose syncs lie, from some place on, may lose what was acknowledged; nobody can help
     * that. What is left is a whole beginning of it, or the store says that it is damaged; and the
     * last acknowledgement, kept elsewhere, tells what is missing.
     */
    @Test
    void f6_after_syncs_that_lied_a_store_is_a_whole_beginning_or_says_so() throws Exception {
        Random random = new Random(11);
        int shortened = 0;
        String uid = uid();
        for (int round = 0; round < Math.max(20, CUTS / 3); round++) {
            int honest = random.nextInt(tape.size());
            int until = honest + 1 + random.nextInt(tape.size() - honest);
            double share = List.of(0.0, 0.5, 0.9).get(round % 3);
            Tape.Machine machine = tape.machine();
            machine.runTo(honest);
            machine.lie();
            machine.runTo(until);
            Path folder = Files.createDirectory(temp.resolve("cut"));
            machine.image(folder, 512, () -> random.nextDouble() < share);
            String place = "honest until " + honest + ", cut after " + until;
            try (SqliteStorage storage = Stores.open(folder)) {
                String verdict = Stores.verify(storage);
                long head = storage.auditHead().map(AuditEntry::seq).orElse(0L);
                if (verdict.startsWith("intact")) {
                    assertThat(verdict).as(place).isEqualTo("intact: " + head);
                }
                if (anchorMissing(storage, tape.acknowledged(until))) {
                    shortened++;
                }
                // Not even its beginning: another store, and that is said.
                if (!storage.agentUid().equals(uid) && !tape.acknowledged(until).isEmpty()) {
                    assertThat(storage.list(Table.AGENT_STATE))
                            .as(place)
                            .containsKey("spool/begun-anew");
                }
            } catch (StorageException e) {
                assertThat(e.getMessage()).as(place).isNotBlank();
            }
            delete(folder);
        }
        assertThat(shortened).as("cuts that lost something, and told").isPositive();
    }

    private String uid() throws Exception {
        Tape.Machine machine = tape.machine();
        machine.runTo(tape.size());
        Path folder = Files.createDirectory(temp.resolve("cut"));
        machine.image(folder, 512, () -> true);
        try (SqliteStorage storage = Stores.open(folder)) {
            return storage.agentUid();
        } finally {
            delete(folder);
        }
    }

    /** Whether the last acknowledged record is not there, or is another one. */
    private static boolean anchorMissing(SqliteStorage storage, List<String> acknowledged)
            throws Exception {
        if (acknowledged.isEmpty()) {
            return false;
        }
        String[] last = acknowledged.get(acknowledged.size() - 1).split(" ");
        List<AuditEntry> found = storage.audit(AuditQuery.after(Long.parseLong(last[0]) - 1, 1));
        return found.isEmpty() || !found.get(0).hash().equals(last[1]);
    }

    private void cutAt(Tape.Machine machine, int until, int sector, BooleanSupplier kept)
            throws Exception {
        Path folder = Files.createDirectory(temp.resolve("cut"));
        machine.image(folder, sector, kept);
        List<String> acknowledged = tape.acknowledged(until);
        try (SqliteStorage storage = Stores.open(folder)) {
            String place = "cut after " + until + " of " + tape.size() + ", sectors of " + sector;
            assertThat(Stores.verify(storage)).as(place).startsWith("intact");
            Map<String, byte[]> grants = storage.list(Table.GRANTS);
            assertThat((long) grants.size())
                    .as(place)
                    .isEqualTo(storage.auditHead().map(AuditEntry::seq).orElse(0L));
            for (String line : acknowledged) {
                String[] words = line.split(" ");
                AuditEntry entry =
                        storage.audit(AuditQuery.after(Long.parseLong(words[0]) - 1, 1)).get(0);
                assertThat(entry.hash()).as(place).isEqualTo(words[1]);
                assertThat(grants).as(place).containsKey(words[2]);
            }
        }
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
