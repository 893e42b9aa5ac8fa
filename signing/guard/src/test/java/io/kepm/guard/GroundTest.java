package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroundTest {

    @TempDir Path folder;
    private Installation installation;
    private Ground ground;
    private Path left;
    private Path archived;

    @BeforeEach
    void leaveSomething() throws Exception {
        installation = new Installation(folder, folder, folder.resolve("state"), folder);
        int own = (Integer) Files.getAttribute(folder, "unix:uid");
        ground = new Ground(installation, new RootOwned(own, folder));
        left = file(installation.state().resolve("tmp/left/file"));
        archived = file(installation.archive().resolve("bundle1/file"));
    }

    @Test
    void what_the_last_run_left_goes_with_the_lock_only() throws Exception {
        assertThat(ground.fault()).isEmpty();
        assertThat(left).exists();

        Optional<FileLock> lock = ground.lock();
        assertThat(lock).isPresent();
        lock.get().channel().close();
        assertThat(left.getParent()).doesNotExist();
        assertThat(archived).exists();
    }

    @Test
    void recording_an_archive_leaves_the_temporary_files_of_an_agent_alone() throws Exception {
        assertThat(ground.fault()).isEmpty();
        ground.emptyArchive();

        assertThat(left).exists();
        assertThat(archived).doesNotExist();
    }

    @Test
    void in_a_state_folder_that_others_may_change_nothing_is_touched() throws Exception {
        Files.setPosixFilePermissions(
                installation.state(), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(ground.fault()).hasValueSatisfying(f -> assertThat(f).contains("chmod go-w"));
        assertThat(left).exists();
        assertThat(installation.cache()).doesNotExist();
    }

    @Test
    void a_temporary_folder_that_others_may_change_is_refused() throws Exception {
        Files.setPosixFilePermissions(
                installation.state().resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(ground.fault()).isPresent();
    }

    private static Path file(Path path) throws Exception {
        Files.createDirectories(path.getParent());
        return Files.writeString(path, "x");
    }
}
