package io.kepm.storage;

import io.kepm.api.health.HealthCheck.Health;
import java.io.IOException;
import java.nio.file.Files;

/** What the store says about itself. */
final class StoreHealth {

    /** Below this the warning comes, long before anything fails. */
    private static final long LOW_WATER = 64L << 20;

    private StoreHealth() {}

    static Health of(
            StoreCondition condition,
            boolean writing,
            StoreFolder folder,
            Reserve reserve,
            Head head) {
        if (condition.broken().isPresent()) {
            return Health.unhealthy(
                    condition.broken().get(), "check the disk, then restart the agent");
        }
        if (!writing) {
            return Health.unhealthy("the writer has ended", "restart the agent");
        }
        if (condition.failing().isPresent()) {
            return Health.unhealthy(
                    condition.failing().get(),
                    "elevation is refused until a record can be written again");
        }
        if (reserve.isUsed()) {
            return Health.unhealthy(
                    "the disk is full: the reserve for records is in use",
                    "free space on the file system of `%s`: soon elevation is refused"
                            .formatted(folder.path()));
        }
        try {
            long free = Files.getFileStore(folder.path()).getUsableSpace();
            if (free < LOW_WATER) {
                return Health.degraded(
                        "only %d MiB are free for `%s`".formatted(free >> 20, folder.path()),
                        "free space on its file system: when it is full, elevation is refused");
            }
        } catch (IOException e) {
            return Health.degraded("can't tell the free space: " + e, "check the disk");
        }
        return Health.healthy("%d records".formatted(head.seq()));
    }
}
