package io.kepm.storage;

import io.kepm.api.health.HealthCheck.Health;

/** What the store says about itself; its disk has a check of its own. */
final class StoreHealth {

    private StoreHealth() {}

    static Health of(StoreCondition condition, boolean writing, Reserve reserve, Head head) {
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
                    "free space on its file system: soon elevation is refused");
        }
        return Health.healthy("%d records".formatted(head.seq()));
    }
}
