package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two looks differ when something about a file changed, however little. */
class EvidenceTest {

    @TempDir private Path folder;

    private interface Step {
        void take(Path file) throws IOException;
    }

    /**
     * Members: content of the same length and time, rights, another file in place, a link, gone.
     */
    @Test
    void whatever_changes_about_a_file_is_seen() throws Exception {
        FileTime then = FileTime.fromMillis(1_700_000_000_000L);
        changes(
                file -> {
                    Files.writeString(file, "other");
                    Files.setLastModifiedTime(file, then);
                });
        changes(
                file ->
                        Files.setPosixFilePermissions(
                                file, PosixFilePermissions.fromString("rwxrwxrwx")));
        changes(
                file ->
                        Files.move(
                                Files.writeString(folder.resolve("new"), "first"),
                                file,
                                StandardCopyOption.REPLACE_EXISTING));
        changes(
                file -> {
                    Files.move(file, folder.resolve("moved"), StandardCopyOption.REPLACE_EXISTING);
                    Files.createSymbolicLink(file, Path.of("moved"));
                });
        changes(Files::delete);
    }

    private void changes(Step step) throws Exception {
        Path file = folder.resolve("file");
        Files.deleteIfExists(file);
        Files.writeString(file, "first");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        Evidence before = Evidence.of(file);
        assertThat(Evidence.of(file)).isEqualTo(before).hasSameHashCodeAs(before);
        // The kernel's own time goes by ticks of some milliseconds.
        Thread.sleep(20);
        step.take(file);
        assertThat(Evidence.of(file)).isNotEqualTo(before);
    }

    @Test
    void what_comes_or_goes_in_a_folder_is_seen_and_one_that_cannot_be_read_is_like_no_other()
            throws Exception {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        var empty = Evidence.in(sub);
        assertThat(empty).isEmpty();
        Files.writeString(sub.resolve("x"), "");
        assertThat(Evidence.in(sub)).containsOnlyKeys(sub.resolve("x"));
        assertThat(Evidence.in(folder.resolve("none"))).isNotEmpty().isNotEqualTo(empty);
    }
}
