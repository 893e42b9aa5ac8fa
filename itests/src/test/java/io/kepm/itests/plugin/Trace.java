package io.kepm.itests.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Leaves a file where its code ran. */
public final class Trace implements BundleActivator {
    @Override
    public void start(BundleContext context) throws IOException {
        Files.writeString(Path.of("/run/kepm-trace"), context.getBundle().getSymbolicName() + "\n");
    }

    @Override
    public void stop(BundleContext context) {}
}
