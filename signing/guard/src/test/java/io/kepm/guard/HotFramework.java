package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.Sha256;
import io.kepm.signing.Shipped;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.Signer;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.felix.framework.GuardedFelix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** The real framework with a guard that trusts one vendor, and what came to its spool. */
abstract class HotFramework {

    static final Signer VENDOR = Signer.ec();
    static final Signer FOREIGN = Signer.ec();
    static final byte[] SHIPPED =
            Jars.bundle(
                    "shipped",
                    "Import-Package",
                    "plugin.words;resolution:=optional",
                    "DynamicImport-Package",
                    "*");
    static final byte[] PLUGINS =
            Forge.bundle("io.kepm.plugins")
                    .header("Import-Package", "org.osgi.framework")
                    .with(Asking.class)
                    .signed(VENDOR);
    static final String ACTIVATOR = "Bundle-Activator";
    static final String MANIFEST = "META-INF/MANIFEST.MF";
    static final Forge PLUGIN =
            Forge.bundle("a.plugin")
                    .header(ACTIVATOR, Mark.class.getName())
                    .header("Import-Package", "org.osgi.framework")
                    .with(Mark.class);

    @TempDir Path folder;
    InstantSource clock = InstantSource.system();
    Set<String> trusted = Set.of(VENDOR.thumbprint());
    GuardedFelix framework;
    BundleCacheCheck cache;

    /** Leaves a trace where code of a bundle ran. */
    public static final class Mark implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            System.setProperty("guard.test.ran", "yes");
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Has something to say to the desk, in the name of the bundle that has this class. */
    public static final class Asking {
        private Asking() {}

        @SuppressWarnings({"unchecked", "rawtypes"})
        public static Object leave(BundleContext context, String sha256) {
            Function desk = context.getService(context.getServiceReference(Function.class));
            return desk.apply(Map.of("leave", sha256));
        }

        /** The same, by reflection. */
        @SuppressWarnings({"unchecked", "rawtypes"})
        public static Object mirrored(BundleContext context, String sha256) throws Exception {
            Function desk = context.getService(context.getServiceReference(Function.class));
            return Function.class
                    .getMethod("apply", Object.class)
                    .invoke(desk, Map.of("leave", sha256));
        }
    }

    @BeforeEach
    void start() throws Exception {
        System.clearProperty("guard.test.ran");
        framework = framework();
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(60_000);
    }

    GuardedFelix framework() throws Exception {
        Set<String> listed = Set.of(Sha256.of(SHIPPED), Sha256.of(PLUGINS));
        RefusalSpool spool = new RefusalSpool(folder.resolve("spool"), InstantSource.system());
        SignerBook book =
                new SignerBook(
                        new Revocations(
                                folder,
                                folder.resolve("kept"),
                                List.of(),
                                Set.of(),
                                new RootOwned(
                                        (Integer) Files.getAttribute(folder, "unix:uid"), folder)),
                        List.of(),
                        new AlternativeSignatures(trusted, List.of()));
        HotBundles hot =
                new HotBundles(
                        book,
                        new Admissions(folder.resolve("admitted")),
                        new VersionBook(folder.resolve("versions")),
                        () -> new Shipped(Set.of("shipped"), Set.of("shipped.words")),
                        clock);
        Map<String, String> configuration = new HashMap<>();
        configuration.put(Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString());
        cache = new BundleCacheCheck(folder.resolve("cache"), listed, hot, "edition", spool);
        GuardedFelix started =
                new GuardedFelix(
                        configuration,
                        new Guard(
                                new BundleGate(listed, hot, spool),
                                cache,
                                new Origins(listed),
                                hot,
                                book,
                                spool,
                                2));
        started.start();
        started.adapt(FrameworkStartLevel.class).setStartLevel(2);
        for (int i = 0; i < 6_000 && !isComplete(); i++) {
            Thread.sleep(10);
        }
        return started;
    }

    boolean isComplete() throws Exception {
        Path marker = folder.resolve("cache/complete");
        return Files.exists(marker) && Files.readString(marker).equals("edition");
    }

    static void awaitGone(Bundle bundle) throws InterruptedException {
        for (int i = 0; i < 6_000 && bundle.getState() != Bundle.UNINSTALLED; i++) {
            Thread.sleep(10);
        }
        assertThat(bundle.getState()).isEqualTo(Bundle.UNINSTALLED);
    }

    @SuppressWarnings("unchecked")
    Function<Map<String, Object>, Map<String, Object>> desk() throws Exception {
        BundleContext context = framework.getBundleContext();
        Collection<?> found =
                context.getServiceReferences(Function.class, "(" + Guard.DESK + "=desk)");
        return (Function<Map<String, Object>, Map<String, Object>>)
                context.getService(
                        (org.osgi.framework.ServiceReference<?>) found.iterator().next());
    }

    void restart() throws Exception {
        stop();
        framework = framework();
    }

    Bundle bundle(String location) {
        return framework.getBundleContext().getBundle(location);
    }

    static ByteArrayInputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    Bundle install(String location, byte[] jar) throws BundleException {
        return framework.getBundleContext().installBundle(location, stream(jar));
    }

    List<String> refusals() throws Exception {
        Path file = folder.resolve("spool/refused.jsonl");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
