package org.apache.felix.framework;

import io.kepm.guard.BundleGate;
import io.kepm.guard.Caller;
import io.kepm.guard.Guard;
import io.kepm.guard.ServiceRules;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * A Felix into which every bundle comes through a {@link BundleGate}.
 *
 * <p>INVARIANT: installing and updating are the only two ways in, and the bytes that the gate
 * judged are the bytes that the framework keeps. A hook or listener would come too late: a
 * framework extension runs its code while it is installed. What came in by another way all the same
 * does not resolve.
 */
// Felix itself implements the generic methods of Bundle with raw types.
@SuppressWarnings({"unchecked", "rawtypes"})
public final class GuardedFelix extends Felix {

    // Karaf looks for this field in the class of the framework itself, to route messages to its
    // log.
    @SuppressWarnings({"unused", "UnusedVariable", "MemberName"})
    private final Logger m_logger;

    private final Guard guard;
    private final BundleGate.Present present = new Present();

    public GuardedFelix(Map<String, String> configuration, Guard guard) {
        super(configuration);
        this.m_logger = getLogger();
        this.guard = guard;
    }

    /** Also called by {@link Felix#init()} and by {@link Felix#start()}. */
    @Override
    public void init(FrameworkListener... listeners) throws BundleException {
        boolean fresh = getState() != Bundle.STARTING && getState() != Bundle.ACTIVE;
        if (fresh) {
            guard.cache().prepare(guard.origins());
        }
        super.init(listeners);
        if (fresh) {
            guard.enter(getBundleContext(), GuardedFelix::jar);
        }
        getBundleContext().addFrameworkListener(this::markComplete);
    }

    @Override
    Bundle installBundle(Bundle origin, String location, InputStream stream)
            throws BundleException {
        BundleGate.Admitted admitted = guard.gate().admit(location, stream, present);
        guard.origins().coming(location, admitted.sha256());
        try {
            Bundle bundle = super.installBundle(origin, location, admitted.bytes());
            guard.origins().came(bundle.getBundleId(), admitted.sha256());
            return bundle;
        } finally {
            guard.origins().arrived(location);
        }
    }

    @Override
    void updateBundle(BundleImpl bundle, InputStream stream) throws BundleException {
        BundleGate.Former former =
                new BundleGate.Former(
                        String.valueOf(bundle.getSymbolicName()),
                        guard.origins().isShipped(bundle.getBundleId()));
        BundleGate.Admitted admitted =
                guard.gate().update(updateLocation(bundle), stream, present, former);
        // Known before, because it may be resolved again within.
        Optional<String> before = guard.origins().digest(bundle.getBundleId());
        guard.origins().updated(bundle.getBundleId(), admitted.sha256());
        boolean done = false;
        try {
            super.updateBundle(bundle, admitted.bytes());
            done = true;
        } finally {
            if (!done && before.isPresent()) {
                guard.origins().updated(bundle.getBundleId(), before.get());
            }
        }
    }

    @Override
    ServiceRegistration registerService(
            BundleContextImpl context, String[] names, Object service, Dictionary properties) {
        Optional<Bundle> stranger =
                Stream.concat(Stream.of(context.getBundle()), Caller.bundle().stream())
                        .filter(bundle -> !guard.origins().isShipped(bundle.getBundleId()))
                        .findFirst();
        Optional<String> fault =
                names == null || stranger.isEmpty() ? Optional.empty() : ServiceRules.fault(names);
        if (fault.isPresent() && stranger.isPresent()) {
            throw new SecurityException(guard.refusedService(stranger.get(), fault.get()));
        }
        return super.registerService(context, names, service, properties);
    }

    /** What is in this framework, for the gate. */
    private final class Present implements BundleGate.Present {
        @Override
        public List<BundleGate.Here> named(String symbolicName) {
            return Arrays.stream(getBundleContext().getBundles())
                    .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                    .filter(bundle -> !guard.origins().isShipped(bundle.getBundleId()))
                    .map(bundle -> new BundleGate.Here(bundle.getLocation(), bundle.getVersion()))
                    .toList();
        }

        @Override
        public boolean isTaken(String location) {
            return getBundleContext().getBundle(location) != null;
        }
    }

    private static Path jar(Bundle bundle) {
        return ((BundleImpl) bundle)
                .getArchive()
                .getCurrentRevision()
                .getRevisionRootDir()
                .toPath()
                .resolve("bundle.jar");
    }

    private static String updateLocation(Bundle bundle) {
        String declared = bundle.getHeaders("").get("Bundle-UpdateLocation");
        return declared == null ? bundle.getLocation() : declared;
    }

    private void markComplete(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED
                && adapt(FrameworkStartLevel.class).getStartLevel() >= guard.completeLevel()) {
            guard.cache().complete();
        }
    }
}
