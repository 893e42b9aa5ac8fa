package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Targets;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launch decision as a service. Owns one thread, {@code kepm-reconciler}, which ends grants
 * that should have ended: before the doors open, then every minute.
 */
@Component(service = {LaunchDecision.class, GrantedRoot.class, MetricSource.class})
public final class LaunchComponent implements LaunchDecision, GrantedRoot, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchComponent.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Tally tally = new Tally();
    private final AuditLog audit;
    private final Grants grants;
    private final RequestBook book;
    private final Launch launch;
    private final Turnstile turnstile;
    private final RootByGrant root;
    private final ScheduledExecutorService reconciler;

    @Activate
    public LaunchComponent(
            @Reference PolicyEngine policy,
            @Reference SourceLimits sources,
            @Reference AuditLog audit,
            @Reference Storage storage,
            @Reference Accounts accounts,
            @Reference Targets targets,
            @Reference RequestsComponent requests,
            @Reference Settings settings)
            throws StorageException, IOException {
        this.audit = audit;
        InstantSource clock = InstantSource.system();
        grants =
                new Grants(
                        storage, audit, clock, Files.readString(BOOT_ID).trim(), LiveProcess::runs);
        book = requests.book();
        grants.reconcile();
        book.reconcile();
        launch =
                new Launch(
                        policy,
                        audit,
                        accounts,
                        targets,
                        grants,
                        requests.book(),
                        requests.controls(),
                        settings.get(CoreSettings.UNMATCHED_FOR_OTHERS).equals("os"),
                        clock);
        root = new RootByGrant(grants, accounts);
        turnstile = new Turnstile(sources, accounts, launch, tally);
        reconciler =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "kepm-reconciler");
                            thread.setDaemon(true);
                            return thread;
                        });
        var unused = reconciler.scheduleWithFixedDelay(this::reconcile, 60, 60, TimeUnit.SECONDS);
    }

    @Deactivate
    void stop() {
        reconciler.shutdownNow();
    }

    @Override
    public LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
        return turnstile.decide(request, conversation);
    }

    @Override
    public PolicyEngine.Explanation explain(LaunchRequest request, String eventType)
            throws NameServiceException {
        return launch.explain(request, eventType);
    }

    @Override
    public void ended(String grantId, String how, int status, long durationMillis) {
        Optional<StoredGrant> found = grants.find(grantId);
        if (found.isEmpty()) {
            LOG.info("the end of a grant that is not open was reported: `{}`", grantId);
            return;
        }
        StoredGrant stored = found.get();
        try {
            if (how.equals("unknown")) {
                grants.endUnheard(stored);
                return;
            }
            grants.end(
                    stored,
                    AuditDraft.of(AuditType.ELEVATION_ENDED, how.toUpperCase(java.util.Locale.ROOT))
                            .request(stored.grant().requestId())
                            .user(stored.user())
                            .target(stored.target())
                            .detail("grant", grantId)
                            .detail("status", Integer.toString(status))
                            .detail("duration_ms", Long.toString(durationMillis))
                            .build());
        } catch (StorageException e) {
            LOG.error("the end of grant {} is not on record yet: {}", grantId, e.getMessage());
        }
    }

    @Override
    public void noted(LaunchRequest request, String why) {
        try {
            audit.append(
                    new Records(request, "", request.runAs())
                            .of(
                                    AuditType.ELEVATION_STARTED,
                                    request.uid() == 0 ? "ROOT" : "BREAK_GLASS")
                            .reason(why)
                            .build());
        } catch (StorageException e) {
            LOG.error("not on record: {} by `{}`: {}", why, request.user(), e.getMessage());
        }
    }

    @Override
    public Optional<String> byGrant(Origin origin) {
        return root.reason(origin);
    }

    @Override
    public List<Grant> grants() {
        return grants.list();
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>(tally.metrics());
        metrics.add(Metric.gauge("kepm_grants", "Rights that are given now.", grants.count()));
        metrics.add(
                Metric.gauge(
                        "kepm_requests_open",
                        "Requests that wait for an approval.",
                        book.list(request -> request.state().isOpen()).size()));
        return metrics;
    }

    private void reconcile() {
        try {
            grants.reconcile();
            book.reconcile();
        } catch (StorageException | RuntimeException e) {
            LOG.error(
                    "grants and requests were not reconciled, next try in {}: {}",
                    Duration.ofMinutes(1),
                    e.getMessage());
        }
    }
}
