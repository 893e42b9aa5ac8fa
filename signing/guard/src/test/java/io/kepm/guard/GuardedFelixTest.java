package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.Sha256;
import io.kepm.signing.Shipped;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** Starts the real framework: when it no longer calls what the guard overrides, these fail. */
class GuardedFelixTest {

    private static final byte[] ALLOWED = Jars.bundle("allowed");
    private static final byte[] ALLOWED_NEXT = Jars.bundle("allowed", "Bundle-Version", "2");
    private static final byte[] OTHER = Jars.bundle("other");
    private static final byte[] EXTENSION = Jars.extension("extension");

    @TempDir Path folder;
    private GuardedFelix framework;

    @BeforeEach
    void start() throws Exception {
        System.clearProperty("guard.test.ran");
        framework = framework();
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private GuardedFelix framework(byte[]... alsoListed) throws Exception {
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
        for (int i = 0; i < 1000 && !isComplete(); i++) {
            Thread.sleep(10);
        }
        assertThat(isComplete()).isTrue();
        return started;
    }

    private boolean isComplete() throws Exception {
        Path marker = folder.resolve("cache/complete");
        return Files.exists(marker) && Files.readString(marker).equals("edition");
    }

    @Test
    void a_listed_bundle_comes_in_and_runs() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        bundle.start();

        assertThat(bundle.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(refusals()).isEmpty();
    }

    @Test
    void ab_71_a_bundle_that_is_not_listed_is_refused_from_a_stream() throws Exception {
        assertThatThrownBy(() -> install("somewhere", OTHER))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("bundle `somewhere` refused: its digest is not in the signed")
                .hasMessageContaining("it is not signed");
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals())
                .singleElement()
                .asString()
                .contains("\"location\":\"somewhere\"")
                .contains("\"sha256\":\"" + Sha256.of(OTHER) + "\"")
                .contains("\"symbolic_name\":\"other\"");
    }

    @Test
    void ab_71_a_bundle_that_is_not_listed_is_refused_from_a_file() throws Exception {
        Path jar = Files.write(folder.resolve("other.jar"), OTHER);

        assertThatThrownBy(() -> framework.getBundleContext().installBundle(jar.toUri().toString()))
                .hasMessageContaining("not in the signed digest list");
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
    }

    @Test
    void a_listed_bundle_comes_in_from_a_file() throws Exception {
        Path jar = Files.write(folder.resolve("allowed.jar"), ALLOWED);

        assertThatCode(() -> framework.getBundleContext().installBundle(jar.toUri().toString()))
                .doesNotThrowAnyException();
    }

    @Test
    void ab_71_other_addresses_are_not_opened() {
        for (String location :
                List.of("http://127.0.0.1:1/x.jar", "mvn:a/b/1", "jar:file:/x.jar!/y", "x", "")) {
            assertThatThrownBy(() -> framework.getBundleContext().installBundle(location))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("it cannot be read");
        }
    }

    @Test
    void a_bundle_is_never_used_in_place_even_when_listed() throws Exception {
        Path jar = Files.write(folder.resolve("allowed.jar"), ALLOWED);
        for (String location : List.of("reference:" + jar.toUri(), "REFERENCE:" + jar.toUri())) {
            assertThatThrownBy(() -> framework.getBundleContext().installBundle(location))
                    .hasMessageContaining("a bundle is never used in place");
            assertThatThrownBy(() -> install(location, ALLOWED))
                    .hasMessageContaining("a bundle is never used in place");
        }
    }

    @Test
    void an_update_takes_the_same_gate_by_stream_and_by_location() throws Exception {
        Path jar = Files.write(folder.resolve("allowed.jar"), ALLOWED);
        Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());

        bundle.update(new ByteArrayInputStream(ALLOWED_NEXT));
        assertThat(bundle.getVersion().getMajor()).isEqualTo(2);
        assertThatThrownBy(() -> bundle.update(new ByteArrayInputStream(OTHER)))
                .hasMessageContaining("not in the signed digest list");

        Files.write(jar, OTHER);
        assertThatThrownBy(bundle::update).hasMessageContaining("not in the signed digest list");
        assertThat(bundle.getSymbolicName()).isEqualTo("allowed");
    }

    @Test
    void a_framework_extension_that_is_not_listed_never_runs_its_code() {
        assertThatThrownBy(() -> install("extension", EXTENSION))
                .hasMessageContaining("not in the signed digest list");
        assertThat(System.getProperty("guard.test.ran")).isNull();
    }

    @Test
    void a_framework_extension_would_have_run_its_code_if_it_were_listed() throws Exception {
        stop();
        framework = framework(EXTENSION);
        try {
            install("extension", EXTENSION);
        } catch (BundleException e) {
            // Whether the class path can be extended here decides; that the gate let it in does
            // not.
            assertThat(e).hasMessageNotContaining("digest");
        }
        assertThat(refusals()).isEmpty();
    }

    @Test
    void ab_68_the_bytes_that_were_judged_are_the_bytes_that_are_kept() throws Exception {
        class Changing extends InputStream {
            private final InputStream first = new ByteArrayInputStream(ALLOWED);
            private final InputStream second = new ByteArrayInputStream(OTHER);

            @Override
            public int read() throws java.io.IOException {
                int next = first.read();
                return next >= 0 ? next : second.read();
            }

            @Override
            public synchronized void reset() {}

            @Override
            public boolean markSupported() {
                return true;
            }
        }
        assertThatThrownBy(
                        () ->
                                framework
                                        .getBundleContext()
                                        .installBundle("changing", new Changing()))
                .hasMessageContaining("not in the signed digest list");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 7, 1 << 20, Integer.MAX_VALUE})
    void a_bundle_is_read_to_its_end_whatever_its_stream_says_about_its_length(int said)
            throws Exception {
        assertThat(
                        framework
                                .getBundleContext()
                                .installBundle("allowed", new Said(ALLOWED, said))
                                .getSymbolicName())
                .isEqualTo("allowed");
        byte[] huge = new byte[BundleGate.MAX_BYTES + 1];
        assertThatThrownBy(
                        () ->
                                framework
                                        .getBundleContext()
                                        .installBundle("huge", new Said(huge, said)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("it is larger than");
    }

    /** Says something about its length, and comes in pieces. */
    private static final class Said extends ByteArrayInputStream {
        private final int length;

        Said(byte[] bytes, int length) {
            super(bytes);
            this.length = length;
        }

        @Override
        public synchronized int available() {
            return length;
        }

        @Override
        public synchronized int read(byte[] to, int from, int most) {
            return super.read(to, from, Math.min(most, 5_000));
        }
    }

    @Test
    void what_the_framework_kept_is_used_again() throws Exception {
        install("allowed", ALLOWED);
        restart();

        assertThat(framework.getBundleContext().getBundle("allowed")).isNotNull();
    }

    @Test
    void ab_71_one_cached_bundle_that_was_changed_empties_the_whole_cache() throws Exception {
        install("allowed", ALLOWED);
        Bundle next = install("next", ALLOWED_NEXT);
        stop();
        Files.write(cached(next, "bundle.jar"), OTHER);
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("\"symbolic_name\":\"other\"");
    }

    @Test
    void a_cached_bundle_that_points_elsewhere_empties_the_whole_cache() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        Path jar = Files.write(folder.resolve("other.jar"), OTHER);
        stop();
        Files.writeString(cached(bundle, "revision.location"), "reference:" + jar.toUri());
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("points to another place");
    }

    @Test
    void what_a_bundle_once_unpacked_is_deleted_before_it_is_loaded() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        Path unpacked = cached(bundle, "bundle.jar-embedded").resolve("lib");
        Files.createDirectories(unpacked);
        Files.write(unpacked.resolve("inner.jar"), OTHER);
        restart();

        assertThat(unpacked.getParent()).doesNotExist();
        assertThat(framework.getBundleContext().getBundle("allowed")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle01", "bundlex", "bundle", "bundle-1", "bundle1x", "other"})
    void ab_71_a_cached_folder_of_another_name_empties_the_whole_cache(String name)
            throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        stop();
        Path kept = folder.resolve("cache/bundle" + bundle.getBundleId());
        Files.write(cached(bundle, "bundle.jar"), OTHER);
        Files.move(kept, kept.resolveSibling(name));
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("does not belong here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/version0.0", "/version0.0/bundle.jar", "/bundle.info", "/data"})
    void ab_71_a_link_in_place_of_what_was_cached_empties_the_whole_cache(String part)
            throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        Files.createDirectories(cached(bundle, "../data"));
        stop();
        Path kept = Path.of(folder.resolve("cache/bundle" + bundle.getBundleId()) + part);
        Path elsewhere = Files.move(kept, folder.resolve("elsewhere"));
        Files.createSymbolicLink(kept, elsewhere);
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).isNotEmpty();
        assertThat(elsewhere).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/more.jar", "/version1", "/version0.0/more.jar", "/version0.0x/a"})
    void a_cached_bundle_with_more_in_it_empties_the_whole_cache(String more) throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        stop();
        Path file = Path.of(folder.resolve("cache/bundle" + bundle.getBundleId()) + more);
        Files.createDirectories(file.getParent());
        Files.write(file, OTHER);
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("does not belong here");
    }

    @Test
    void what_a_bundle_keeps_as_its_data_is_no_stranger() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        bundle.start();
        Path data = bundle.getBundleContext().getDataFile("a").toPath();
        Files.createDirectories(data);
        Files.writeString(data.resolve("b"), "c");
        bundle.update(new ByteArrayInputStream(ALLOWED_NEXT));
        restart();

        assertThat(framework.getBundleContext().getBundle("allowed")).isNotNull();
        assertThat(data.resolve("b")).hasContent("c");
        assertThat(refusals()).isEmpty();
    }

    @Test
    void a_first_start_that_did_not_come_to_its_end_is_started_over() throws Exception {
        install("allowed", ALLOWED);
        stop();
        Files.delete(folder.resolve("cache/complete"));
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).isEmpty();
    }

    @Test
    void the_overrides_are_in_force() throws Exception {
        Installation nowhere = new Installation(folder, folder, folder, folder);

        assertThat(new Preflight(nowhere, RootOwned.ofThisAgent()).guard()).isEmpty();
    }

    private void restart() throws Exception {
        stop();
        framework = framework();
    }

    private Bundle install(String location, byte[] jar) throws BundleException {
        return framework.getBundleContext().installBundle(location, new ByteArrayInputStream(jar));
    }

    private Path cached(Bundle bundle, String name) {
        return folder.resolve("cache/bundle" + bundle.getBundleId() + "/version0.0/" + name);
    }

    private List<String> refusals() throws Exception {
        Path file = folder.resolve("spool/refused.jsonl");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
