package io.kepm.guard;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;

/**
 * All parts of the guard of one framework.
 *
 * @param gate judges what wants in
 * @param cache judges what was kept
 * @param origins knows what came in
 * @param completeLevel the start level at which everything is installed
 */
public record Guard(
        BundleGate gate,
        BundleCacheCheck cache,
        Origins origins,
        HotBundles hot,
        SignerBook book,
        RefusalSpool spool,
        int completeLevel) {

    /** Service property of the desk, by which the agent finds it. */
    public static final String DESK = "kepm.guard";

    /** Registers what works from within the framework. */
    public void enter(BundleContext framework, Function<? super Bundle, ? extends Path> jar) {
        framework.registerService(
                ResolverHookFactory.class, new SecondLine(origins, jar, spool), null);
        framework.registerService(
                Function.class,
                new Desk(book, hot, origins, spool, framework, jar),
                FrameworkUtil.asDictionary(Map.of(DESK, "desk")));
    }

    /** Records that a bundle may not offer a service; what to tell it. */
    public String refusedService(Bundle bundle, String fault) {
        spool.add(
                new Refusal(
                        bundle.getLocation(),
                        origins.digest(bundle.getBundleId()).orElse(""),
                        String.valueOf(bundle.getSymbolicName()),
                        fault,
                        ""));
        return "bundle `" + Printable.of(bundle.getLocation()) + "` refused: " + fault;
    }
}
