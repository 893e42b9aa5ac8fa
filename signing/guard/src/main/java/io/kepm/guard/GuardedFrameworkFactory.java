package io.kepm.guard;

import io.kepm.signing.ListVerdict;
import io.kepm.signing.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.apache.felix.framework.GuardedFelix;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * The factory that {@code etc/config.properties} names. It trusts nobody: the signed list is judged
 * here again, so that no other way to start ends with an unguarded framework.
 */
public final class GuardedFrameworkFactory implements FrameworkFactory {

    @Override
    public Framework newFramework(Map<String, String> configuration) {
        Installation installation = Installation.fromSystemProperties();
        ListVerdict verdict = new SignedRuntime(installation.lib()).list();
        if (verdict instanceof ListVerdict.Trusted trusted) {
            RefusalSpool spool = new RefusalSpool(installation.spool(), InstantSource.system());
            Set<String> bundles = SignedRuntime.bundles(trusted.list());
            String storage = configuration.get(Constants.FRAMEWORK_STORAGE);
            if (storage == null) {
                throw new IllegalStateException("framework guard: no storage is configured");
            }
            SignerBook book = SignerBook.of(installation, ownership());
            HotBundles hot =
                    new HotBundles(
                            book,
                            new Admissions(installation.state().resolve("admitted")),
                            new VersionBook(installation.state().resolve("versions")),
                            new ShippedNames(installation.lib(), trusted.list()),
                            InstantSource.system());
            return new GuardedFelix(
                    configuration,
                    new Guard(
                            new BundleGate(bundles, hot, spool),
                            new BundleCacheCheck(
                                    Path.of(storage),
                                    bundles,
                                    hot,
                                    Sha256.of(trusted.list().bytes()) + " " + bootId(),
                                    spool),
                            new Origins(bundles),
                            hot,
                            book,
                            spool,
                            Integer.getInteger(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, 100)));
        }
        String reason =
                verdict instanceof ListVerdict.Untrusted untrusted ? untrusted.reason() : "unknown";
        throw new IllegalStateException("framework guard: " + reason);
    }

    private static RootOwned ownership() {
        try {
            return RootOwned.ofThisAgent();
        } catch (IOException e) {
            throw new UncheckedIOException("framework guard: the user of this process", e);
        }
    }

    private static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("framework guard: the kernel's boot id", e);
        }
    }
}
