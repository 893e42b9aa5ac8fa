package io.kepm.itests.plugin;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Would end the agent. */
public final class Exiting implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        System.exit(7);
    }

    @Override
    public void stop(BundleContext context) {}
}
