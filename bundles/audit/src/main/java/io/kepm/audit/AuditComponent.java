package io.kepm.audit;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.ExportCursors;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.jobs.Chore;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit as a service; absent when nothing can be recorded, and with it every decision. */
@Component(
        immediate = true,
        service = {AuditLog.class, HealthCheck.class})
public final class AuditComponent implements AuditLog, HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(AuditComponent.class);

    private final DurableAuditLog log;
    private final Bell bell;
    private final ServiceRegistration<Chore> signing;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable ExportCursors cursors;

    @Activate
    public AuditComponent(
            BundleContext context,
            @Reference Storage storage,
            @Reference StoreCare store,
            @Reference Bell bell,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Settings settings)
            throws StorageException {
        this.bell = bell;
        Path state = Path.of(System.getProperty("kepm.state", "/var/lib/kepm"));
        try {
            log =
                    new DurableAuditLog(
                            storage,
                            store,
                            rules(settings),
                            state.resolve("spool").resolve("audit"),
                            context.getBundle().getVersion().toString(),
                            InstantSource.system(),
                            ClockWatch.ofThisMachine());
            log.start();
            signing = context.registerService(Chore.class, new CheckpointChore(log), null);
        } catch (StorageException e) {
            LOG.error("there is no audit, and elevation is refused: {}", e.getMessage());
            throw e;
        }
    }

    /** Without settings those that are built in: there has to be an audit all the same. */
    private Retention.Rules rules(@Nullable Settings settings) {
        return new Retention.Rules(
                Duration.ofDays(value(settings, CoreSettings.AUDIT_RETENTION_DAYS)),
                value(settings, CoreSettings.AUDIT_MAX_BYTES),
                this::waitedFor);
    }

    /** While nobody can say what the exports still need, they may need all. */
    private long waitedFor() {
        ExportCursors known = cursors;
        return known == null ? 0 : known.oldestNeeded();
    }

    private static <T> T value(@Nullable Settings settings, Setting<T> setting) {
        return settings == null ? setting.defaultValue() : settings.get(setting);
    }

    @Deactivate
    void close() {
        signing.unregister();
        log.close();
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        List<AuditEntry> entries = log.commit(change);
        if (!entries.isEmpty()) {
            bell.ring(entries.get(entries.size() - 1).seq());
        }
        return entries;
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return log.query(query);
    }

    @Override
    public AuditPart search(AuditQuery query) throws StorageException {
        return log.search(query);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) throws StorageException {
        return log.verify(anchor);
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public Health check() {
        return log.health();
    }
}
