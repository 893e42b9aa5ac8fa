package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change that is not seen stays without force. */
class FolderPrintTest {

    @TempDir private Path base;

    private interface Step {
        void take(Path file) throws IOException;
    }

    /** Members: content under the old time, rights, another file in place, a new name, gone. */
    @Test
    void whatever_changes_in_the_folder_changes_the_number() throws Exception {
        FileTime then = FileTime.fromMillis(1_700_000_000_000L);
        changes(
                file -> {
                    Files.writeString(file, "[ ]");
                    Files.setLastModifiedTime(file, then);
                });
        changes(
                file ->
                        Files.setPosixFilePermissions(
                                file, PosixFilePermissions.fromString("rw-rw-rw-")));
        changes(
                file ->
                        Files.move(
                                Files.writeString(base.resolve("new"), "[1]"),
                                file,
                                StandardCopyOption.REPLACE_EXISTING));
        changes(file -> Files.move(file, file.resolveSibling("b.json")));
        changes(file -> Files.writeString(file.resolveSibling("b.json"), "[]"));
        changes(Files::delete);
        changes(
                file ->
                        Files.setPosixFilePermissions(
                                base, PosixFilePermissions.fromString("rwxrwxrwx")));
        changes(
                file ->
                        Files.move(
                                file.getParent(),
                                base.resolve("away"),
                                StandardCopyOption.REPLACE_EXISTING));
    }

    @Test
    void what_is_no_policy_changes_only_what_the_folder_itself_tells() throws Exception {
        Path folder = fresh();
        long before = FolderPrint.of(folder);
        assertThat(FolderPrint.of(folder)).isEqualTo(before);
        Thread.sleep(20);
        Files.writeString(base.resolve("beside.json"), "[]");
        assertThat(FolderPrint.of(folder)).isEqualTo(before);
    }

    private void changes(Step step) throws Exception {
        Path folder = fresh();
        long before = FolderPrint.of(folder);
        assertThat(FolderPrint.of(folder)).isEqualTo(before);
        // The kernel's own time goes by ticks of some milliseconds.
        Thread.sleep(20);
        step.take(folder.resolve("a.json"));
        assertThat(FolderPrint.of(folder)).isNotEqualTo(before);
    }

    private Path fresh() throws IOException {
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name : new String[] {"policies", "away"}) {
            Path old = base.resolve(name);
            if (Files.exists(old)) {
                for (String file : new String[] {"a.json", "b.json"}) {
                    Files.deleteIfExists(old.resolve(file));
                }
                Files.delete(old);
            }
        }
        Path folder = Files.createDirectory(base.resolve("policies"));
        Path file = Files.writeString(folder.resolve("a.json"), "[1]");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        return folder;
    }
}
