package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {

    @TempDir Path folder;

    @Test
    void the_warning_names_the_folder_and_comes_before_the_disk_is_full() {
        Path other = folder.resolve("not/there/yet");
        assertThat(look(DiskSpace.LOW_WATER, other).detail()).isEqualTo("at least 64 MiB are free");
        Health low = look(DiskSpace.LOW_WATER - 1, other);
        assertThat(low.level()).isEqualTo(Level.DEGRADED);
        assertThat(low.detail())
                .isEqualTo(
                        "only 63 MiB are free for `"
                                + folder
                                + "`; only 63 MiB are free for `"
                                + other
                                + "`");
        assertThat(low.advice()).contains("free space");
    }

    @Test
    void a_disk_that_does_not_say_is_not_well() {
        Health health =
                new DiskSpace(
                                List.of(folder),
                                path -> {
                                    throw new IOException("stale handle");
                                })
                        .look();
        assertThat(health.level()).isEqualTo(Level.DEGRADED);
        assertThat(health.detail()).contains("stale handle");
    }

    @Test
    void a_real_folder_has_a_real_figure() throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace() >> 20;
        String detail = DiskSpace.of(List.of(folder)).look().detail();
        assertThat(detail).contains("MiB are free");
        // Others write to that disk meanwhile.
        assertThat(Long.parseLong(detail.replaceAll("[^0-9]", "")))
                .isBetween(free - 512, free + 512);
    }

    private Health look(long free, Path other) {
        return new DiskSpace(
                        List.of(folder, other),
                        path -> {
                            assertThat(path).isEqualTo(folder);
                            return free;
                        })
                .look();
    }
}
