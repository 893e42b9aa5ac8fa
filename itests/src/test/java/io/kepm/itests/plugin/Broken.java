package io.kepm.itests.plugin;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Never starts. */
public final class Broken implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("broken by design");
    }

    @Override
    public void stop(BundleContext context) {}
}
