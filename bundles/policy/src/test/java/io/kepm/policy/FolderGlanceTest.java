package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of a thousand policies that nobody touches costs next to nothing, and no change. */
class FolderGlanceTest {

    private static final int GLANCES_OF_THE_NET = 10;

    @TempDir private Path root;

    private final FakeStore store = new FakeStore();
    private final List<FileTrust.Violation> violations = new ArrayList<>();
    private Path policies;
    private PolicyFolder folder;

    @BeforeEach
    void open() throws IOException {
        policies = Files.createDirectory(root.resolve("policies"));
        write("a.json", "first");
        folder =
                new PolicyFolder(
                        policies,
                        store,
                        store,
                        path -> List.copyOf(violations),
                        Set.of(),
                        Instant::now,
                        (set, revision) ->
                                new Evaluator(
                                        set, revision, EngineSettings.DEFAULT, TestSet.GUARDS));
        folder.glance();
    }

    @AfterEach
    void close() {
        folder.close();
    }

    private void write(String file, String id) throws IOException {
        Files.writeString(
                policies.resolve(file),
                TestSet.allow(id, "'ApplicationCheck':['*']").replace('\'', '"'));
    }

    private List<String> inForce() {
        return folder.inForce().stream()
                .flatMap(now -> now.set().policies().stream())
                .map(policy -> policy.ref().id())
                .toList();
    }

    /** The kernel has told everything by then, also where the machine is busy. */
    private static void settle() throws InterruptedException {
        Thread.sleep(500);
    }

    /** What the kernel tells late rings for none of the glances that follow. */
    private void drain() throws Exception {
        settle();
        folder.glance();
        folder.glance();
    }

    @Test
    void a_change_in_place_is_in_force_at_the_next_glance() throws Exception {
        drain();
        write("a.json", "second");
        // Fewer glances than find it without the bell; the kernel may take its time.
        for (int i = 0; i < GLANCES_OF_THE_NET - 3 && !inForce().contains("second"); i++) {
            Thread.sleep(100L << i);
            folder.glance();
        }
        assertThat(inForce()).containsExactly("second");
    }

    @Test
    void what_comes_or_goes_is_seen_at_once_without_a_word_of_the_kernel() throws Exception {
        drain();
        Thread.sleep(20);
        write("b.json", "other");
        folder.glance();
        assertThat(inForce()).containsExactly("first", "other");
    }

    @Test
    void a_policy_behind_a_link_is_looked_at_each_time() throws Exception {
        Path elsewhere = root.resolve("elsewhere.json");
        Files.move(policies.resolve("a.json"), elsewhere);
        Files.createSymbolicLink(policies.resolve("a.json"), elsewhere);
        folder.glance();
        drain();
        Files.writeString(elsewhere, Files.readString(elsewhere).replace("first", "second"));
        folder.glance();
        assertThat(inForce()).containsExactly("second");
    }

    @Test
    void the_rights_of_a_folder_above_are_looked_at_each_time() throws Exception {
        drain();
        violations.add(new FileTrust.Violation(root, "others can write to it", "x"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        folder.glance();
        assertThat(folder.state().trusted()).isFalse();
    }

    @Test
    void what_the_kernel_does_not_tell_is_found_by_the_tenth_glance_and_not_looked_for_before()
            throws Exception {
        Path other = root.resolve("other-name");
        Files.createLink(other, policies.resolve("a.json"));
        drain();
        // The glance that is counted from.
        Files.setLastModifiedTime(
                policies.resolve("a.json"), java.nio.file.attribute.FileTime.from(Instant.EPOCH));
        settle();
        folder.glance();
        Files.writeString(other, Files.readString(other).replace("first", "second"));
        int glances = 0;
        while (!inForce().equals(List.of("second")) && glances <= GLANCES_OF_THE_NET) {
            folder.glance();
            glances++;
        }
        assertThat(glances).isBetween(GLANCES_OF_THE_NET - 1, GLANCES_OF_THE_NET);
    }
}
