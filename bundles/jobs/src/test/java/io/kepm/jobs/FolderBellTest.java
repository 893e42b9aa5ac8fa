package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.FolderBell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of a thousand documents that nobody touches costs next to nothing, and no change. */
class FolderBellTest {

    private static final int LOOKS_OF_THE_NET = 10;

    @TempDir Path folder;
    private Path jobs;
    private TestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder);
        jobs = folder.resolve("Jobs");
        write("a", "first");
        house.wiring.book().look();
    }

    @AfterEach
    void close() {
        house.close();
    }

    private static String text(String id, String said) {
        return "{'id':'%s','tasks':[{'command':'echo','arguments':['%s']}]}"
                .formatted(id, said)
                .replace('\'', '"');
    }

    private void write(String id, String said) throws Exception {
        Files.writeString(jobs.resolve(id + ".json"), text(id, said));
    }

    private boolean isSaid(String id, String said) {
        return house.jobs().document(id).filter(text -> text.contains(said)).isPresent();
    }

    /** Looks at the bell alone: the files themselves are never looked at here. */
    private static void untilItRings(FolderBell bell) {
        TestHouse.await(bell::rang);
    }

    @Test
    void it_rings_for_what_is_or_was_a_document_and_for_nothing_else() throws Exception {
        try (FolderBell bell = FolderBell.of(jobs, JobFolder::isDocument)) {
            assertThat(bell.rang()).as("nobody knows what was before").isTrue();
            assertThat(bell.rang()).isFalse();
            Path file = jobs.resolve("a.json");
            Files.writeString(file, " ", StandardOpenOption.APPEND);
            untilItRings(bell);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
            untilItRings(bell);
            write("b", "x");
            untilItRings(bell);
            Files.move(jobs.resolve("b.json"), jobs.resolve("c.json"));
            untilItRings(bell);
            Files.delete(jobs.resolve("c.json"));
            untilItRings(bell);
            // What of all that the kernel still tells.
            settle();
            boolean unused = bell.rang();
            Files.writeString(jobs.resolve(".job17"), "{}");
            Files.writeString(jobs.resolve("notes.txt"), "x");
            Files.createDirectory(jobs.resolve("bin/tool"));
            settle();
            assertThat(bell.rang()).isFalse();
        }
    }

    @Test
    void it_rings_for_a_folder_that_was_replaced_and_goes_on_there() throws Exception {
        try (FolderBell bell = FolderBell.of(jobs, JobFolder::isDocument)) {
            boolean unused = bell.rang();
            Files.move(jobs, folder.resolve("Former"));
            assertThat(bell.rang()).as("there is none").isTrue();
            Files.createDirectory(jobs);
            assertThat(bell.rang()).isTrue();
            write("a", "x");
            untilItRings(bell);
        }
    }

    /** The kernel has told everything by then, also where the machine is busy. */
    private static void settle() throws InterruptedException {
        Thread.sleep(500);
    }

    /** What the kernel tells late rings for none of the looks that follow. */
    private void drain() throws Exception {
        settle();
        house.wiring.book().look();
    }

    @Test
    void a_change_in_place_is_found_by_the_next_looks() throws Exception {
        drain();
        Files.writeString(jobs.resolve("a.json"), text("a", "second"));
        // Fewer looks than find it without the bell; the kernel may take its time.
        for (int looks = 0; looks < LOOKS_OF_THE_NET - 3 && !isSaid("a", "second"); looks++) {
            Thread.sleep(100L << looks);
            house.wiring.book().look();
        }
        assertThat(isSaid("a", "second")).isTrue();
    }

    @Test
    void a_folder_that_could_not_be_read_is_read_again_by_the_next_look() throws Exception {
        drain();
        house.trust =
                path -> {
                    throw FolderBellTest.<RuntimeException>any(new IOException("too many files"));
                };
        house.look();
        assertThat(house.wiring.book().trouble()).contains("too many files");
        assertThat(isSaid("a", "first")).as("what was read goes on").isTrue();
        house.wiring.book().look();
        assertThat(house.wiring.book().trouble()).isNotEmpty();
        house.trust = path -> List.of();
        house.wiring.book().look();
        assertThat(house.wiring.book().trouble()).isEmpty();
    }

    /** What the file system throws deep within. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E any(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void startup_is_raised_when_the_documents_are_read_for_the_first_time() throws Exception {
        Path away = Files.move(jobs, folder.resolve("Away"));
        house.close();
        house = new TestHouse(folder);
        Files.delete(jobs.resolve("bin"));
        Files.delete(jobs);
        Files.createSymbolicLink(jobs, jobs);
        List<String> raised = new ArrayList<>();
        house.wiring.book().begin("x", () -> raised.addAll(house.wiring.book().all().keySet()));
        assertThat(house.wiring.book().trouble()).isNotEmpty();
        house.wiring.book().look();
        assertThat(raised).isEmpty();
        Files.delete(jobs);
        Files.move(away, jobs);
        house.wiring.book().look();
        house.look();
        assertThat(raised).containsExactly("a");
    }

    @Test
    void a_document_behind_a_link_is_looked_at_each_time() throws Exception {
        Path elsewhere = folder.resolve("elsewhere.json");
        Files.writeString(elsewhere, text("l", "first"));
        Files.createSymbolicLink(jobs.resolve("l.json"), elsewhere);
        house.wiring.book().look();
        assertThat(isSaid("l", "first")).isTrue();
        drain();
        Files.writeString(elsewhere, text("l", "second"));
        house.wiring.book().look();
        assertThat(isSaid("l", "second")).isTrue();
    }

    @Test
    void the_rights_of_a_folder_above_are_looked_at_each_time() throws Exception {
        Files.writeString(jobs.resolve("a.json"), text("a", "second"));
        house.look();
        drain();
        house.violations.add(
                new io.kepm.api.trust.FileTrust.Violation(folder, "others can write to it", "x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        house.wiring.book().look();
        assertThat(house.jobs().document("a")).isEmpty();
    }

    @Test
    void what_the_kernel_does_not_tell_is_found_by_the_tenth_look_and_not_looked_for_before()
            throws Exception {
        Path other = folder.resolve("other-name");
        Files.createLink(other, jobs.resolve("a.json"));
        // Some kernels tell of the second name itself.
        settle();
        house.wiring.book().look();
        Files.writeString(other, text("a", "second"));
        int looks = 0;
        while (!isSaid("a", "second") && looks <= LOOKS_OF_THE_NET) {
            house.wiring.book().look();
            looks++;
        }
        assertThat(looks).isBetween(LOOKS_OF_THE_NET - 1, LOOKS_OF_THE_NET);
    }
}
