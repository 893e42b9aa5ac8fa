package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.SecondFactors;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.plugins.Plugins;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.Settings;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Launches;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Wires the doors to the services of the floors below, opens and closes them. */
@Component(
        service = {},
        immediate = true)
public final class HttpsComponent {

    private final List<HealthCheck> checks = new CopyOnWriteArrayList<>();
    private final List<MetricSource> sources = new CopyOnWriteArrayList<>();
    private volatile @Nullable Plugins plugins;
    private final JettyDoors doors;
    private volatile @Nullable BrokerWatch broker;
    private volatile @Nullable Jobs jobs;
    private final ServiceRegistration<HealthCheck> registration;
    private final ServiceRegistration<HealthCheck> certificate;
    private final SharedCertificate shared;

    @Activate
    public HttpsComponent(
            BundleContext context,
            @Reference FirstCertificate first,
            @Reference Settings settings,
            @Reference AuditLog audit,
            @Reference StoreCare store,
            @Reference SettingsDesk desk,
            @Reference PolicyEngine engine,
            @Reference SourceLimits limits,
            @Reference LaunchDecision launches,
            @Reference Requests requests,
            @Reference SecondFactors factors,
            @Reference OfflineApprovals offline,
            @Reference SessionRecordings recordings,
            @Reference Governance governance,
            @Reference Accounts accounts,
            @Reference Targets targets,
            @Reference UnixSockets sockets,
            @Reference Launches processes,
            @Reference SocketOwners owners,
            @Reference GrantedRoot granted,
            @Reference Storage storage,
            @Reference FileTrust trust) {
        Clock clock = Clock.system(ZoneId.systemDefault());
        Path run = Path.of(System.getProperty("kepm.run", "/run/keeper"));
        ShownCertificate shown =
                new ShownCertificate(
                        CustomCertificate.of(
                                settings,
                                Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY"))
                                        .map(Path::of),
                                trust),
                        first,
                        new RunFolder(run),
                        audit,
                        clock);
        doors =
                new Doorway(
                                DoorSettings.of(settings, run),
                                Limits.STANDARD,
                                context.getBundle().getVersion().toString(),
                                clock,
                                shown,
                                Duration.ofSeconds(1))
                        .doors(
                                new Services(
                                        audit,
                                        store,
                                        desk,
                                        engine,
                                        limits,
                                        launches,
                                        requests,
                                        factors,
                                        offline,
                                        recordings,
                                        governance,
                                        accounts,
                                        targets,
                                        sockets,
                                        new Proofs(processes, owners, granted, storage),
                                        () -> Optional.ofNullable(broker),
                                        () -> Optional.ofNullable(plugins),
                                        () -> Optional.ofNullable(jobs)),
                                () -> checks,
                                () -> sources);
        // Not services of this component: it looks at all health checks, its own included.
        registration = context.registerService(HealthCheck.class, doors, null);
        certificate =
                context.registerService(
                        HealthCheck.class,
                        new CertificateCheck(shown::current, shown::state, clock),
                        null);
        shared = new SharedCertificate(context, shown);
        doors.open(
                () ->
                        registration.setProperties(
                                FrameworkUtil.asDictionary(Map.of("kepm.door", "https"))));
    }

    @Deactivate
    void deactivate() {
        shared.close();
        certificate.unregister();
        registration.unregister();
        doors.close();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removeCheck")
    void addCheck(HealthCheck check) {
        checks.add(check);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "withoutPlugins")
    void withPlugins(Plugins found) {
        plugins = found;
    }

    void withoutPlugins(Plugins gone) {
        if (gone.equals(plugins)) {
            plugins = null;
        }
    }

    void removeCheck(HealthCheck check) {
        checks.remove(check);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removeSource")
    void addSource(MetricSource source) {
        sources.add(source);
    }

    void removeSource(MetricSource source) {
        sources.remove(source);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetJobs")
    void setJobs(Jobs found) {
        jobs = found;
    }

    void unsetJobs(Jobs gone) {
        if (jobs == gone) {
            jobs = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetBroker")
    void setBroker(BrokerWatch watch) {
        broker = watch;
    }

    void unsetBroker(BrokerWatch watch) {
        if (broker == watch) {
            broker = null;
        }
    }
}
