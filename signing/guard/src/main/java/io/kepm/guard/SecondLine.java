package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Judges again before a bundle resolves: it has to have come through the gate or the check of the
 * cache, and the file of one that is not shipped has still to be the one that came. A service of
 * the framework itself, so that nobody can stop or outrank it.
 */
public final class SecondLine implements ResolverHookFactory, ResolverHook {

    private final Origins origins;
    private final Function<? super Bundle, ? extends Path> jar;
    private final RefusalSpool spool;
    private final Map<Long, String> told = new ConcurrentHashMap<>();

    /**
     * @param jar where the framework keeps a bundle
     */
    public SecondLine(
            Origins origins, Function<? super Bundle, ? extends Path> jar, RefusalSpool spool) {
        this.origins = origins;
        this.jar = jar;
        this.spool = spool;
    }

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return this;
    }

    @Override
    public void filterResolvable(Collection<BundleRevision> candidates) {
        candidates.removeIf(revision -> refuses(revision.getBundle()));
    }

    private boolean refuses(Bundle bundle) {
        Optional<String> fault = fault(bundle);
        if (fault.isPresent() && told.put(bundle.getBundleId(), fault.get()) == null) {
            spool.add(
                    new Refusal(
                            bundle.getLocation(),
                            origins.digest(bundle.getBundleId()).orElse(""),
                            String.valueOf(bundle.getSymbolicName()),
                            fault.get(),
                            ""));
        }
        return fault.isPresent();
    }

    private Optional<String> fault(Bundle bundle) {
        long id = bundle.getBundleId();
        if (origins.isShipped(id)) {
            return Optional.empty();
        }
        Optional<String> came = origins.digest(id, bundle.getLocation());
        if (came.isPresent() && origins.isListed(came.get())) {
            return Optional.empty();
        }
        if (came.isEmpty()) {
            return Optional.of("it did not come through the gate");
        }
        try {
            return Sha256.of(jar.apply(bundle)).equals(came.get())
                    ? Optional.empty()
                    : Optional.of("it was changed since it came in");
        } catch (IOException e) {
            return Optional.of("it cannot be read again: " + e);
        }
    }

    @Override
    public void filterSingletonCollisions(
            BundleCapability singleton, Collection<BundleCapability> collisions) {}

    @Override
    public void filterMatches(
            BundleRequirement requirement, Collection<BundleCapability> candidates) {}

    @Override
    public void end() {}
}
