package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PolicyFolderTest {

    private static final Ask ID = Ask.command("/usr/bin/id");

    @TempDir Path root;
    private Path policies;
    private Instant now = Instant.parse("2026-01-05T12:00:00Z");
    private final FakeStore store = new FakeStore();
    private final List<FileTrust.Violation> violations = new ArrayList<>();
    private Optional<RuntimeException> broken = Optional.empty();

    @BeforeEach
    void makeFolder() throws IOException {
        policies = Files.createDirectory(root.resolve("policies"));
    }

    private PolicyFolder folder() {
        return new PolicyFolder(
                policies,
                store,
                store,
                path -> {
                    if (broken.isPresent()) {
                        throw broken.get();
                    }
                    return List.copyOf(violations);
                },
                Set.of(),
                () -> now,
                (set, revision) ->
                        new Evaluator(set, revision, EngineSettings.DEFAULT, TestSet.GUARDS));
    }

    private void write(String name, String policy) throws IOException {
        if (Files.exists(policies.resolve(name))) {
            tick();
        }
        Files.writeString(policies.resolve(name), policy.replace('\'', '"'));
    }

    /** The kernel's own time goes by ticks of some milliseconds: a change in one is not seen. */
    private static void tick() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String outcome(PolicyFolder folder) {
        return folder.inForce()
                .map(now -> now.evaluator().evaluate(ID.request(), TestSet.MONDAY_NOON))
                .map(evaluation -> evaluation.decision().outcome())
                .orElse("nothing in force");
    }

    private static long revision(PolicyFolder folder) {
        return folder.inForce().orElseThrow().revision().number();
    }

    private static String allow() {
        return TestSet.allow("a", "'ApplicationCheck':['*']");
    }

    @Test
    void an_empty_folder_is_a_valid_empty_set() {
        PolicyFolder folder = folder();
        folder.look();
        assertThat(outcome(folder)).isEqualTo("DENY");
        assertThat(folder.state()).isEqualTo(LoadState.GOOD);
        assertThat(store.records()).containsExactly("POLICY_LOADED OK");
    }

    @Test
    void a_file_that_comes_changes_or_goes_is_noticed_and_each_set_has_its_own_revision()
            throws IOException {
        PolicyFolder folder = folder();
        folder.look();
        write("a.json", allow());
        folder.look();
        assertThat(outcome(folder)).isEqualTo("ALLOW");
        assertThat(revision(folder)).isEqualTo(2);
        write("a.json", allow().replace("ALLOW", "DENY").replace("['*']", "['/usr/bin/id']"));
        folder.look();
        assertThat(outcome(folder)).isEqualTo("DENY");
        Files.delete(policies.resolve("a.json"));
        folder.look();
        assertThat(revision(folder)).isEqualTo(4);
        assertThat(folder.inForce().orElseThrow().set().policies()).isEmpty();
    }

    @Test
    void ab_27_a_file_that_is_put_back_is_a_new_revision_and_on_record() throws IOException {
        write("a.json", allow());
        folder().look();
        write("a.json", allow().replace("ALLOW", "MFA"));
        folder().look();
        write("a.json", allow());
        PolicyFolder restarted = folder();
        restarted.look();
        assertThat(revision(restarted)).as("never the number it had").isEqualTo(3);
        assertThat(store.drafts)
                .extracting(draft -> draft.details().get("revision"))
                .allMatch(revision -> revision != null)
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(store.drafts.get(2).details().get("sha256"))
                .isEqualTo(store.drafts.get(0).details().get("sha256"));
    }

    @Test
    void ab_87_what_only_watches_keeps_the_time_since_when_over_changes_and_restarts()
            throws IOException {
        Instant begun = now;
        write("a.json", allow().replace("enforce", "monitor"));
        folder().look();
        now = now.plus(Duration.ofDays(20));
        write("b.json", allow().replace("'a'", "'b'").replace("enforce", "monitor_and_notify"));
        PolicyFolder restarted = folder();
        restarted.look();
        assertThat(restarted.watching().since()).containsOnly(entry("a", begun), entry("b", now));
        now = now.plus(Duration.ofDays(11));
        assertThat(restarted.watching().longerThan(Duration.ofDays(30), now)).containsExactly("a");
        write("a.json", allow());
        restarted.look();
        assertThat(restarted.watching().since()).containsOnlyKeys("b");
        write("a.json", allow().replace("enforce", "monitor"));
        restarted.look();
        assertThat(restarted.watching().since()).containsEntry("a", now);
    }

    @Test
    void nothing_happens_while_nothing_changes() throws IOException {
        write("a.json", allow());
        PolicyFolder folder = folder();
        for (int i = 0; i < 5; i++) {
            folder.look();
        }
        write("other.txt", "no policy");
        write(".hidden.json", "no policy");
        folder.look();
        assertThat(store.records()).containsExactly("POLICY_LOADED OK");
        assertThat(revision(folder)).isEqualTo(1);
    }

    @Test
    void ab_80_a_bad_file_leaves_the_last_good_set_in_force_and_is_audited_once_with_every_fault()
            throws IOException {
        write("a.json", allow());
        PolicyFolder folder = folder();
        folder.look();
        write("b.json", "{'PolicyId':'b','Nope':1}");
        folder.look();
        folder.look();
        assertThat(outcome(folder)).isEqualTo("ALLOW");
        assertThat(folder.state().failure())
                .contains("b.json: policy `b`: PolicyName: missing")
                .anyMatch(line -> line.contains("unknown field `Nope`"));
        assertThat(store.records())
                .containsExactly("POLICY_LOADED OK", "POLICY_LOAD_FAILED REFUSED");
        AuditDraft failed = store.drafts.get(1);
        assertThat(failed.reason()).contains("b.json: policy `b`: PolicyName: missing");
        Files.delete(policies.resolve("b.json"));
        folder.look();
        assertThat(folder.state()).isEqualTo(LoadState.GOOD);
        assertThat(revision(folder)).isEqualTo(1);
    }

    @Test
    void ab_80_the_last_good_set_survives_a_restart_with_a_bad_file_on_disk() throws IOException {
        write("a.json", allow());
        PolicyFolder before = folder();
        before.look();
        write("a.json", "{");
        PolicyFolder after = folder();
        after.look();
        assertThat(outcome(after)).isEqualTo("ALLOW");
        assertThat(revision(after)).isEqualTo(1);
        assertThat(after.state().failure()).isNotEmpty();
        write("a.json", allow().replace("ALLOW", "MFA"));
        after.look();
        assertThat(outcome(after)).isEqualTo("PENDING");
        assertThat(revision(after)).isEqualTo(2);
    }

    @Test
    void a_restart_with_the_same_set_keeps_its_revision_and_writes_no_record() throws IOException {
        write("a.json", allow());
        folder().look();
        PolicyFolder after = folder();
        after.look();
        assertThat(revision(after)).isEqualTo(1);
        assertThat(store.records()).hasSize(1);
    }

    @Test
    void without_any_good_set_nothing_is_in_force() throws IOException {
        write("a.json", "{");
        PolicyFolder folder = folder();
        folder.look();
        assertThat(folder.inForce()).isEmpty();
    }

    @Test
    void a_missing_folder_is_a_fault_and_no_empty_set() throws IOException {
        Files.delete(policies);
        PolicyFolder folder = folder();
        folder.look();
        assertThat(folder.inForce()).isEmpty();
        assertThat(folder.state().failure()).hasSize(1).first().asString().contains("is missing");
        Files.createDirectory(policies);
        folder.look();
        assertThat(folder.state()).isEqualTo(LoadState.GOOD);
    }

    @Test
    void ab_24_a_folder_that_others_can_change_is_not_loaded_and_the_repair_is_named()
            throws IOException {
        write("a.json", allow());
        violations.add(new FileTrust.Violation(policies, "writable by group", "chmod g-w /x"));
        PolicyFolder folder = folder();
        folder.look();
        assertThat(folder.inForce()).isEmpty();
        assertThat(folder.state().trusted()).isFalse();
        assertThat(folder.state().advice()).isEqualTo("chmod g-w /x");
        assertThat(store.records()).containsExactly("POLICY_LOAD_FAILED REFUSED");
    }

    @Test
    void ab_80_a_fault_of_the_agent_while_it_reads_is_a_refusal_on_record_and_the_set_stays()
            throws IOException {
        write("a.json", allow());
        PolicyFolder folder = folder();
        folder.look();
        broken = Optional.of(new IllegalStateException("no such thing"));
        write("a.json", allow().replace("ALLOW", "MFA"));
        folder.look();
        folder.look();
        assertThat(outcome(folder)).isEqualTo("ALLOW");
        assertThat(folder.state().failure())
                .singleElement()
                .asString()
                .contains("the agent failed to read the policies", "no such thing");
        assertThat(store.records())
                .containsExactly("POLICY_LOADED OK", "POLICY_LOAD_FAILED REFUSED");
        broken = Optional.empty();
        folder.reload();
        assertThat(outcome(folder)).isEqualTo("PENDING");
    }

    @Test
    void what_is_kept_and_cannot_be_read_keeps_nobody_from_reading_the_folder() throws IOException {
        write("a.json", allow());
        PolicyFolder folder = folder();
        store.fails = true;

        folder.look();

        assertThat(outcome(folder)).isEqualTo("ALLOW");
    }

    @Test
    void a_set_that_cannot_be_recorded_does_not_come_into_force_and_is_tried_again()
            throws IOException {
        PolicyFolder folder = folder();
        folder.look();
        write("a.json", allow());
        store.failing = true;
        folder.look();
        assertThat(outcome(folder)).isEqualTo("DENY");
        assertThat(folder.state().failure())
                .hasSize(1)
                .first()
                .asString()
                .contains("no space left");
        store.failing = false;
        folder.look();
        assertThat(outcome(folder)).isEqualTo("ALLOW");
        assertThat(folder.state()).isEqualTo(LoadState.GOOD);
    }

    @Test
    void ab_83_a_set_without_room_in_memory_is_refused_and_the_one_in_force_stays()
            throws IOException {
        HeapRoom full = new HeapRoom(() -> 0, () -> {});
        write("a.json", allow());
        PolicyFolder folder = folder();
        folder.look();
        folder.within(full);
        write("a.json", allow().replace("ALLOW", "MFA"));
        folder.look();
        assertThat(outcome(folder)).isEqualTo("ALLOW");
        assertThat(folder.state().failure())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("not enough memory");
        PolicyFolder restarted = folder().within(full);
        restarted.look();
        assertThat(restarted.inForce()).as("nor is the kept one read").isEmpty();
    }

    @Test
    @Timeout(60)
    void ab_26_a_pipe_a_device_and_a_huge_file_are_refused_without_waiting_or_reading_on()
            throws Exception {
        Process made =
                new ProcessBuilder("mkfifo", policies.resolve("pipe.json").toString()).start();
        assertThat(made.waitFor()).isZero();
        Files.createSymbolicLink(policies.resolve("zero.json"), Path.of("/dev/zero"));
        try (RandomAccessFile sparse =
                new RandomAccessFile(policies.resolve("huge.json").toFile(), "rw")) {
            sparse.setLength(1L << 36);
        }
        PolicyFolder folder = folder();
        folder.look();
        Files.delete(policies.resolve("zero.json"));
        assertThat(folder.state().failure())
                .containsExactly(
                        "pipe.json: not a regular file",
                        "zero.json: not a regular file",
                        "huge.json: larger than 1 MiB: split it into several files");
    }

    @Test
    void a_json_that_is_no_regular_file_refuses_the_set() throws IOException {
        Files.createDirectory(policies.resolve("d.json"));
        PolicyFolder folder = folder();
        folder.look();
        assertThat(folder.state().failure()).containsExactly("d.json: not a regular file");
    }

    @Test
    void the_watching_thread_notices_a_change_and_ends_when_told() throws Exception {
        PolicyFolder folder = folder();
        folder.look();
        FolderWatch watch = new FolderWatch(folder::look, Duration.ofMillis(20));
        watch.start();
        write("a.json", allow());
        await(() -> outcome(folder).equals("ALLOW"));
        assertThat(outcome(folder)).isEqualTo("ALLOW");
        watch.stop();
        await(() -> !isWatching());
        assertThat(isWatching()).isFalse();
    }

    private static boolean isWatching() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("kepm-policy-folder"));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
    }

    @Test
    void what_is_kept_is_read_back_and_anything_else_is_ignored() throws Exception {
        write("a.json", allow());
        folder().look();
        byte[] kept =
                store.get(io.kepm.api.storage.Table.POLICY_CACHE, PolicyFolder.LAST_GOOD)
                        .orElseThrow();
        LastGoodSet last = LastGoodSet.of(kept);
        assertThat(last.revision().number()).isEqualTo(1);
        assertThat(last.loadedAt()).isEqualTo("2026-01-05T12:00:00Z");
        assertThat(last.texts()).extracting(PolicyText::name).containsExactly("a.json");
        kept[kept.length / 2] ^= 1;
        store.commit(
                new io.kepm.api.storage.Change(
                        List.of(
                                new io.kepm.api.storage.Mutation.Put(
                                        io.kepm.api.storage.Table.POLICY_CACHE,
                                        PolicyFolder.LAST_GOOD,
                                        kept)),
                        List.of()));
        write("a.json", "{");
        PolicyFolder after = folder();
        after.look();
        assertThat(after.inForce()).isEmpty();
    }
}
