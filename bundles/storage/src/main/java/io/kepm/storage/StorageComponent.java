package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store as a service; absent when it could not be opened, and with it every decision. */
@Component(
        immediate = true,
        service = {Storage.class, StoreCare.class, HealthCheck.class, MetricSource.class})
public final class StorageComponent implements Storage, StoreCare, HealthCheck, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(StorageComponent.class);

    private final SqliteStorage storage;

    @Activate
    public StorageComponent(BundleContext context) throws StorageException {
        Path folder = approot().resolve("KeeperStorage");
        try {
            NativeLibrary.pin();
            storage =
                    StoreOpening.open(
                            folder,
                            Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY"))
                                    .map(Path::of),
                            new NamedKey(
                                    new SettingsFile(approot().resolve(LoadedSettings.FILE)),
                                    Path.of("/")),
                            context.getBundle().getVersion().toString(),
                            InstantSource.system());
        } catch (StorageException e) {
            LOG.error("the store does not open, and elevation is refused: {}", e.getMessage());
            throw e;
        }
    }

    static Path approot() {
        return Path.of(System.getProperty("kepm.approot", "/opt/keeper/sbin"));
    }

    @Deactivate
    void close() {
        storage.close();
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        return storage.commit(change);
    }

    @Override
    public Optional<byte[]> get(Table table, String key) throws StorageException {
        return storage.get(table, key);
    }

    @Override
    public Map<String, byte[]> list(Table table) throws StorageException {
        return storage.list(table);
    }

    @Override
    public List<AuditEntry> audit(AuditQuery query) throws StorageException {
        return storage.audit(query);
    }

    @Override
    public AuditPart auditSearch(AuditQuery query) throws StorageException {
        return storage.auditSearch(query);
    }

    @Override
    public Optional<AuditEntry> auditHead() throws StorageException {
        return storage.auditHead();
    }

    @Override
    public String agentUid() {
        return storage.agentUid();
    }

    @Override
    public AuditEntry follow(NextRecord record, Optional<AuditPlace> removed)
            throws StorageException {
        return storage.follow(record, removed);
    }

    @Override
    public AuditPlace auditBase() {
        return storage.auditBase();
    }

    @Override
    public Room room() throws StorageException {
        return storage.room();
    }

    @Override
    public List<String> rotateKeys() throws StorageException {
        return storage.rotateKeys();
    }

    @Override
    public long backup(Path file) throws StorageException {
        return storage.backup(file);
    }

    @Override
    public List<String> faults() throws StorageException {
        return storage.faults();
    }

    @Override
    public List<Metric> metrics() {
        return storage.metrics();
    }

    @Override
    public String name() {
        return "storage";
    }

    @Override
    public Health check() {
        return storage.health();
    }
}
