package io.kepm.sudo;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.trust.FileTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the canary going. Its health check is registered after the first proof, good or bad:
 * whoever waits for it knows that the door is open and what sudo is worth.
 */
@Component(service = {})
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"io.kepm.api.health.HealthCheck\"")
public final class CanaryComponent {

    private static final Logger LOG = LoggerFactory.getLogger(CanaryComponent.class);
    private static final long TICK_MILLIS = 1000;

    /** Read once: no bundle that comes later turns the canary off by a property. */
    private static final boolean TRIED = Boolean.getBoolean("kepm.dev");

    private final BundleContext context;
    private final Canary canary;
    private final Thread thread;
    private volatile boolean stopping;

    @Activate
    public CanaryComponent(
            BundleContext context,
            @Reference CanaryEar ear,
            @Reference Commands commands,
            @Reference Accounts accounts,
            @Reference FileTrust trust,
            @Reference PolicyEngine policy,
            @Reference AuditLog audit,
            @Reference Settings settings) {
        this.context = context;
        Places places =
                Places.ofThisMachine(
                        Path.of(System.getProperty("kepm.run", "/run/keeper")),
                        Path.of(System.getProperty("kepm.state", "/var/lib/kepm")));
        PamGate gate = new PamGate(places.pamFolder(), places.gate());
        SudoersFolder sudoers =
                new SudoersFolder(places.sudoersFolder(), places.visudo(), commands);
        CanaryTrial trial = new CanaryTrial(places, commands, accounts, ear);
        this.canary =
                new Canary(
                        places,
                        new SudoPrograms(places.programFolders()),
                        gate,
                        new CanaryRound(
                                places,
                                trust,
                                gate,
                                sudoers,
                                trial,
                                new EffectiveDefaults(commands)),
                        new DropInKeeper(sudoers, places, TracedPrograms.of(policy), audit),
                        Duration.ofMinutes(settings.get(CoreSettings.CANARY_MINUTES)),
                        this::isEnding);
        this.thread = new Thread(this::keepGoing, "kepm-canary");
        thread.setDaemon(true);
        thread.start();
    }

    private void keepGoing() {
        if (TRIED) {
            register(new NoSudo());
            return;
        }
        guarded(() -> canary.begin(System.nanoTime()));
        if (!register(canary)) {
            return;
        }
        while (!stopping) {
            try {
                Thread.sleep(TICK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
            guarded(() -> canary.tick(System.nanoTime()));
        }
    }

    private boolean register(HealthCheck check) {
        try {
            context.registerService(
                    HealthCheck.class,
                    check,
                    FrameworkUtil.asDictionary(Map.of("kepm.door", "sudo")));
            return true;
        } catch (IllegalStateException e) {
            LOG.debug("stopped before the first proof was over", e);
            return false;
        }
    }

    /** The doors may be shut before this part hears of it. */
    private boolean isEnding() {
        return stopping
                || context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() == Bundle.STOPPING;
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("the sudo canary failed", e);
            canary.failed(e);
        }
    }

    @Deactivate
    public void stop() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
