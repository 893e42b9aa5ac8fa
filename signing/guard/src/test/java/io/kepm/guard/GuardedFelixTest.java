package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.Sha256;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Starts the real framework: when it no longer calls what the guard overrides, these fail. */
class GuardedFelixTest extends ListedFramework {

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
    void the_overrides_are_in_force() throws Exception {
        Installation nowhere = new Installation(folder, folder, folder, folder);

        assertThat(new Preflight(nowhere, RootOwned.ofThisAgent()).guard()).isEmpty();
    }
}
