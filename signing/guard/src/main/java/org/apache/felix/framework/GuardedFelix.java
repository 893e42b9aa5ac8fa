package org.apache.felix.framework;

import io.kepm.guard.BundleCacheCheck;
import io.kepm.guard.BundleGate;
import java.io.InputStream;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * A Felix into which every bundle comes through a {@link BundleGate}.
 *
 * <p>INVARIANT: installing and updating are the only two ways in, and the bytes that the gate
 * judged are the bytes that the framework keeps. A hook or listener would come too late: a
 * framework extension runs its code while it is installed.
 */
// Felix itself implements the generic methods of Bundle with raw types.
@SuppressWarnings("unchecked")
public final class GuardedFelix extends Felix {

    // Karaf looks for this field in the class of the framework itself, to route messages to its
    // log.
    @SuppressWarnings({"unused", "UnusedVariable", "MemberName"})
    private final Logger m_logger;

    private final BundleGate gate;
    private final BundleCacheCheck cache;
    private final int completeLevel;

    /**
     * @param completeLevel the start level at which everything is installed
     */
    public GuardedFelix(
            Map<String, String> configuration,
            BundleGate gate,
            BundleCacheCheck cache,
            int completeLevel) {
        super(configuration);
        this.m_logger = getLogger();
        this.gate = gate;
        this.cache = cache;
        this.completeLevel = completeLevel;
    }

    /** Also called by {@link Felix#init()} and by {@link Felix#start()}. */
    @Override
    public void init(FrameworkListener... listeners) throws BundleException {
        if (getState() != Bundle.STARTING && getState() != Bundle.ACTIVE) {
            cache.prepare();
        }
        super.init(listeners);
        getBundleContext().addFrameworkListener(this::markComplete);
    }

    @Override
    Bundle installBundle(Bundle origin, String location, InputStream stream)
            throws BundleException {
        return super.installBundle(origin, location, gate.admit(location, stream));
    }

    @Override
    void updateBundle(BundleImpl bundle, InputStream stream) throws BundleException {
        super.updateBundle(bundle, gate.admit(updateLocation(bundle), stream));
    }

    private static String updateLocation(Bundle bundle) {
        String declared = bundle.getHeaders("").get("Bundle-UpdateLocation");
        return declared == null ? bundle.getLocation() : declared;
    }

    private void markComplete(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED
                && adapt(FrameworkStartLevel.class).getStartLevel() >= completeLevel) {
            cache.complete();
        }
    }
}
