package plugin;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.plugins.PluginHealth;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Started and stopped by the agent; what it registers goes with it. */
public final class Plugin implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        context.registerService(PluginHealth.class, () -> Health.healthy("at work"), null);
    }

    @Override
    public void stop(BundleContext context) {}
}
