package io.kepm.audit.export;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.ExportCursors;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.audit.Bell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The exports, apart from the audit itself: that records whether or not there are settings. */
@Component(
        immediate = true,
        service = {ExportCursors.class, HealthCheck.class, MetricSource.class})
public final class ExportsComponent implements ExportCursors, HealthCheck, MetricSource {

    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    private final TimeLimit limit = new TimeLimit();
    private final Exports exports;

    @Activate
    public ExportsComponent(
            @Reference Settings settings,
            @Reference Storage storage,
            @Reference AuditLog audit,
            @Reference Bell bell)
            throws StorageException {
        storage.auditHead().ifPresent(head -> bell.ring(head.seq()));
        Sinks sinks =
                new Sinks(
                        host(),
                        storage.agentUid(),
                        Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY")).map(Path::of),
                        limit);
        exports =
                new Exports(
                        settings.get(CoreSettings.AUDIT_EXPORTS),
                        new Exporter.Source(storage, audit, bell, Clocks.system()),
                        sinks::of);
    }

    /** What the kernel says: a look-up may take long. */
    private static String host() {
        try {
            return Files.readString(HOST).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }

    @Deactivate
    void close() {
        exports.close();
        limit.close();
    }

    @Override
    public long oldestNeeded() {
        return exports.oldestNeeded();
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.gauge("kepm_audit_exports", "Exports of the audit.", exports.count()),
                Metric.gauge(
                        "kepm_audit_lag_records",
                        "Records that the export which is furthest behind has not sent yet.",
                        exports.behind()));
    }

    @Override
    public String name() {
        return "audit exports";
    }

    @Override
    public Health check() {
        return exports.health();
    }
}
