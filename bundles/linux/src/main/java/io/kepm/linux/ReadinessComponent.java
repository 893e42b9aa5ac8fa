package io.kepm.linux;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.ServiceNotifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that the agent is ready: when the framework has started everything, and sudo's door is open
 * and proved (its health check is registered then). Takes it back when either ends.
 */
@Component(service = {})
public final class ReadinessComponent implements FrameworkListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReadinessComponent.class);

    private final BundleContext context;
    private final ServiceNotifier notifier;
    private final ReadyFile file;
    private final FrameworkStartLevel startLevel;
    private final int target;
    private final AtomicBoolean said = new AtomicBoolean();

    @Activate
    public ReadinessComponent(
            BundleContext context,
            @Reference(target = "(kepm.door=sudo)") HealthCheck door,
            @Reference ServiceNotifier notifier) {
        this.context = context;
        this.notifier = notifier;
        this.file = new ReadyFile(Path.of(System.getProperty("kepm.run", "/run/keeper")));
        this.startLevel =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                        .adapt(FrameworkStartLevel.class);
        String beginning = context.getProperty(Constants.FRAMEWORK_BEGINNING_STARTLEVEL);
        this.target = beginning == null ? 1 : Integer.parseInt(beginning.trim());
        context.addFrameworkListener(this);
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
        if (startLevel.getStartLevel() < target || !said.compareAndSet(false, true)) {
            return;
        }
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
        file.remove();
        notifier.stopping();
    }
}
