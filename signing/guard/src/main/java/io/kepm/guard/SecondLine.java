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

    /** Whether it came with the distribution, or is about to. */
    private boolean isShipped(Bundle bundle) {
        long id = bundle.getBundleId();
        return origins.isShipped(id)
                || origins.digest(id, bundle.getLocation()).filter(origins::isListed).isPresent();
    }

    private Optional<String> fault(Bundle bundle) {
        if (isShipped(bundle)) {
            return Optional.empty();
        }
        Optional<String> came = origins.digest(bundle.getBundleId(), bundle.getLocation());
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

    /**
     * What is shipped takes packages from what is shipped only, whatever it would like to import
     * besides, and whenever: a library may look for a package that nobody here exports.
     */
    @Override
    public void filterMatches(
            BundleRequirement requirement, Collection<BundleCapability> candidates) {
        if (isShipped(requirement.getRevision().getBundle())) {
            candidates.removeIf(candidate -> !isShipped(candidate.getRevision().getBundle()));
        }
    }

    @Override
    public void end() {}
}
