package io.kepm.storage;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.PluginDefaults;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.settings.TargetFile;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings as a service; absent when there are none that may be used. Read as soon as the store
 * is open, so that what there is to note about them is noted before the audit starts.
 */
@Component(
        immediate = true,
        service = {Settings.class, SettingsDesk.class, HealthCheck.class})
public final class SettingsComponent implements Settings, SettingsDesk, HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsComponent.class);

    private final List<PluginDefaults> plugins = new CopyOnWriteArrayList<>();
    private final LoadedSettings settings;
    private final SettingsBook book;

    @Activate
    public SettingsComponent(@Reference Storage storage) throws FaultySettings, StorageException {
        Path approot = StorageComponent.approot();
        SettingsTrail trail = new SettingsTrail(storage, InstantSource.system());
        try {
            settings = LoadedSettings.load(approot, storage, trail);
        } catch (FaultySettings e) {
            e.faults().forEach(fault -> LOG.error("settings refused: {}", fault));
            throw e;
        }
        book =
                new SettingsBook(
                        storage,
                        settings,
                        new NextFile(
                                new SettingsFile(approot.resolve(LoadedSettings.FILE)),
                                settings.digest()),
                        this::files);
        settings.faults().forEach(fault -> LOG.error("settings refused: {}", fault));
        if (!settings.faults().isEmpty()) {
            LOG.warn("the last good settings stay in force");
        }
        settings.remarks().forEach(remark -> LOG.warn("settings: {}", remark));
        if (!book.unreadable().isEmpty()) {
            book.unreadable().forEach(row -> LOG.error("a stored setting can't be read: {}", row));
            trail.unreadable(book.unreadable());
        }
        book.unusable().forEach(name -> LOG.warn("the stored setting `{}` does not count", name));
    }

    private List<PluginFile> files() {
        return plugins.stream().flatMap(source -> source.plugins().stream()).toList();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removePlugins",
            updated = "updatedPlugins")
    void addPlugins(PluginDefaults source) {
        plugins.add(source);
        book.refresh();
    }

    void removePlugins(PluginDefaults source) {
        plugins.remove(source);
        book.refresh();
    }

    void updatedPlugins(PluginDefaults source) {
        book.refresh();
    }

    @Override
    public <T> T get(Setting<T> setting) {
        return book.get(setting);
    }

    @Override
    public Path approot() {
        return book.approot();
    }

    @Override
    public Listening listen(Runnable listener) {
        return book.listen(listener);
    }

    @Override
    public List<String> plugins() {
        return book.plugins();
    }

    @Override
    public Optional<List<EffectiveSetting>> list(String plugin) {
        return book.list(plugin);
    }

    @Override
    public Optional<String> near(String plugin) {
        return book.near(plugin);
    }

    @Override
    public Outcome put(String plugin, String name, Object json, Author author, AuditLog log)
            throws StorageException {
        return book.put(plugin, name, json, author, log);
    }

    @Override
    public Outcome revert(String plugin, Author author, AuditLog log) throws StorageException {
        return book.revert(plugin, author, log);
    }

    @Override
    public Outcome revertAll(Author author, AuditLog log) throws StorageException {
        return book.revertAll(author, log);
    }

    @Override
    public Followed follow(List<PolicyUpdate> updates, AuditLog log) throws StorageException {
        return book.follow(updates, log);
    }

    @Override
    public List<String> faults(TargetFile file, byte[] content) {
        return book.faults(file, content);
    }

    @Override
    public String name() {
        return "settings";
    }

    @Override
    public Health check() {
        return SettingsHealth.of(
                settings, book.file(), book.waiting(), book.unusable(), book.unreadable());
    }
}
