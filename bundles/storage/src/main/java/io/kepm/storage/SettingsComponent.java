package io.kepm.storage;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings as a service; absent when there are none that may be used. Read as soon as the store
 * is open, so that what there is to note about them is noted before the audit starts.
 */
@Component(
        immediate = true,
        service = {Settings.class, HealthCheck.class})
public final class SettingsComponent implements Settings, HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsComponent.class);

    private final LoadedSettings settings;
    private final SettingsFile file;
    private final Optional<SettingsFile.Stamp> stamp;

    @Activate
    public SettingsComponent(@Reference Storage storage) throws FaultySettings, StorageException {
        Path approot = StorageComponent.approot();
        file = new SettingsFile(approot.resolve(LoadedSettings.FILE));
        stamp = file.stamp();
        try {
            settings =
                    LoadedSettings.load(
                            approot, storage, new SettingsTrail(storage, InstantSource.system()));
        } catch (FaultySettings e) {
            e.faults().forEach(fault -> LOG.error("settings refused: {}", fault));
            throw e;
        }
        settings.faults().forEach(fault -> LOG.error("settings refused: {}", fault));
        if (!settings.faults().isEmpty()) {
            LOG.warn("the last good settings stay in force");
        }
        settings.remarks().forEach(remark -> LOG.warn("settings: {}", remark));
    }

    @Override
    public <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    @Override
    public Path approot() {
        return settings.approot();
    }

    @Override
    public String name() {
        return "settings";
    }

    @Override
    public Health check() {
        return SettingsHealth.of(settings, !file.stamp().equals(stamp));
    }
}
