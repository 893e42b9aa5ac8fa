package io.kepm.linux;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.ServiceNotifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that the agent is ready: when the framework has started everything, sudo's door is open and
 * proved (its health check is registered then), and the doors of https are open or have failed to.
 * A door of https that says nothing holds it up for 5 seconds at most: deciding does not depend on
 * it. Owns one thread, {@code kepm-readiness}, until then.
 */
@Component(service = {})
public final class ReadinessComponent implements FrameworkListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReadinessComponent.class);

    private static final Duration HTTPS_PATIENCE = Duration.ofSeconds(5);

    private final BundleContext context;
    private final ServiceNotifier notifier;
    private final ReadyFile file;
    private final FrameworkStartLevel startLevel;
    private final int target;
    private final AtomicBoolean said = new AtomicBoolean();
    private final AtomicBoolean saidStopping = new AtomicBoolean();
    private final AtomicBoolean doorProved = new AtomicBoolean();
    private final Thread patience = new Thread(this::waitForHttps, "kepm-readiness");
    private volatile boolean httpsSettled;

    @Activate
    public ReadinessComponent(BundleContext context, @Reference ServiceNotifier notifier) {
        this.context = context;
        this.notifier = notifier;
        this.file = new ReadyFile(Path.of(System.getProperty("kepm.run", "/run/keeper")));
        this.startLevel =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                        .adapt(FrameworkStartLevel.class);
        // Karaf starts the framework at level 1 and raises it itself: its own figure is a system
        // property.
        String beginning =
                System.getProperty(
                        Constants.FRAMEWORK_BEGINNING_STARTLEVEL,
                        context.getProperty(Constants.FRAMEWORK_BEGINNING_STARTLEVEL));
        this.target = beginning == null ? 1 : Integer.parseInt(beginning.trim());
        context.addFrameworkListener(this);
        patience.setDaemon(true);
    }

    /** It may be restarted alone, and is said to be ready once. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            target = "(kepm.door=sudo)",
            unbind = "gone")
    void proved(HealthCheck sudo) {
        if (doorProved.compareAndSet(false, true)) {
            patience.start();
            sayWhenStarted();
        }
    }

    /** Of a whole agent that stops, the door goes first. */
    void gone(HealthCheck sudo) {
        LOG.debug("{} is gone", sudo.name());
        if (context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState() == Bundle.STOPPING) {
            sayStopping();
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            target = "(kepm.door=https)",
            unbind = "closed")
    void settled(HealthCheck https) {
        httpsSettled = true;
        sayWhenStarted();
    }

    void closed(HealthCheck https) {
        LOG.debug("{} is gone", https.name());
    }

    private void waitForHttps() {
        try {
            Thread.sleep(HTTPS_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        httpsSettled = true;
        sayWhenStarted();
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED
                || event.getType() == FrameworkEvent.STARTED) {
            sayWhenStarted();
        }
    }

    private void sayWhenStarted() {
        if (!doorProved.get()
                || !httpsSettled
                || startLevel.getStartLevel() < target
                || !said.compareAndSet(false, true)) {
            return;
        }
        patience.interrupt();
        try {
            long now = System.currentTimeMillis();
            long started = ReadyFile.processStart(now);
            file.write(started, now);
            notifier.ready("deciding");
            LOG.info("ready after {} ms", now - started);
        } catch (IOException e) {
            LOG.error("the agent is up, but can't say so", e);
        }
    }

    @Deactivate
    public void stop() {
        context.removeFrameworkListener(this);
        patience.interrupt();
        sayStopping();
    }

    private void sayStopping() {
        if (saidStopping.compareAndSet(false, true)) {
            file.remove();
            notifier.stopping();
        }
    }
}
