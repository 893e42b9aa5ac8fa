package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.Sha256;
import io.kepm.signing.Shipped;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.framework.GuardedFelix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** The real framework with a guard that lets in what is listed. */
abstract class ListedFramework {

    static final byte[] ALLOWED = Jars.bundle("allowed");
    static final byte[] ALLOWED_NEXT = Jars.bundle("allowed", "Bundle-Version", "2");
    static final byte[] OTHER = Jars.bundle("other");
    static final byte[] EXTENSION = Jars.extension("extension");

    @TempDir Path folder;
    GuardedFelix framework;

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

    GuardedFelix framework(byte[]... alsoListed) throws Exception {
        Set<String> listed =
                new java.util.HashSet<>(Set.of(Sha256.of(ALLOWED), Sha256.of(ALLOWED_NEXT)));
        for (byte[] jar : alsoListed) {
            listed.add(Sha256.of(jar));
        }
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
                        new AlternativeSignatures(Set.of(), List.of()));
        HotBundles hot =
                new HotBundles(
                        book,
                        new Admissions(folder.resolve("admitted")),
                        new VersionBook(folder.resolve("versions")),
                        () -> new Shipped(Set.of("allowed", "other"), Set.of("shipped.words")),
                        InstantSource.system());
        Map<String, String> configuration = new HashMap<>();
        configuration.put(Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString());
        configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "sun.misc");
        GuardedFelix started =
                new GuardedFelix(
                        configuration,
                        new Guard(
                                new BundleGate(listed, hot, spool),
                                new BundleCacheCheck(
                                        folder.resolve("cache"), listed, hot, "edition", spool),
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
        assertThat(isComplete()).isTrue();
        return started;
    }

    boolean isComplete() throws Exception {
        Path marker = folder.resolve("cache/complete");
        return Files.exists(marker) && Files.readString(marker).equals("edition");
    }

    void restart() throws Exception {
        stop();
        framework = framework();
    }

    Bundle install(String location, byte[] jar) throws BundleException {
        return framework.getBundleContext().installBundle(location, new ByteArrayInputStream(jar));
    }

    Path cached(Bundle bundle, String name) {
        return folder.resolve("cache/bundle" + bundle.getBundleId() + "/version0.0/" + name);
    }

    List<String> refusals() throws Exception {
        Path file = folder.resolve("spool/refused.jsonl");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
