package io.kepm.itests.plugin;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Would like to be the policy engine, with the highest ranking of all. */
public final class Usurper implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        context.registerService(
                "io.kepm.api.policy.PolicyEngine",
                new Object(),
                new Hashtable<>(Map.of("service.ranking", Integer.MAX_VALUE)));
    }

    @Override
    public void stop(BundleContext context) {}
}
