package io.kepm.storage;

import io.kepm.api.health.HealthCheck;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The disks' line in the agent's health: store and policies, and what waits for the audit. The log
 * has its own.
 */
@Component(immediate = true)
public final class DiskSpaceComponent implements HealthCheck {

    private final DiskSpace space;

    @Activate
    public DiskSpaceComponent() {
        space =
                DiskSpace.of(
                        List.of(
                                StorageComponent.approot().resolve("KeeperStorage"),
                                Path.of(System.getProperty("kepm.state", "/var/lib/kepm"))));
    }

    @Override
    public String name() {
        return "disk space";
    }

    @Override
    public Health check() {
        return space.look();
    }
}
