package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.forge.Signer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Signed bundles that are not shipped, in the real framework. */
class HotInstallTest extends HotFramework {

    static Stream<Signer> good() {
        return Stream.of(VENDOR, Signer.rsa(), Signer.ed25519());
    }

    @ParameterizedTest
    @MethodSource("good")
    void a_bundle_of_a_trusted_signer_comes_in_runs_and_is_there_after_a_restart(Signer signer)
            throws Exception {
        stop();
        trusted = Set.of(signer.thumbprint());
        framework = framework();

        install("a", PLUGIN.signed(signer)).start();
        assertThat(System.getProperty("guard.test.ran")).isEqualTo("yes");
        restart();

        assertThat(bundle("a")).isNotNull();
        assertThat(bundle("a").getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(refusals()).isEmpty();
    }

    @Test
    void a_bundle_with_a_trusted_and_a_foreign_signature_comes_in() throws Exception {
        install("a", PLUGIN.signed(FOREIGN, VENDOR)).start();

        assertThat(bundle("a").getState()).isEqualTo(Bundle.ACTIVE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ab_71_a_cached_plugin_that_was_changed_wipes_the_cache_whoever_signs(boolean signed)
            throws Exception {
        Bundle bundle = install("a", PLUGIN.signed(VENDOR));
        stop();
        byte[] other = PLUGIN.with("more", "text").signed(VENDOR);
        Files.write(
                folder.resolve("cache/bundle" + bundle.getBundleId() + "/version0.0/bundle.jar"),
                signed ? other : PLUGIN.unsigned());
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals())
                .singleElement()
                .asString()
                .contains(signed ? "never let in" : "is not signed");
    }

    @Test
    void a_bundle_that_did_not_come_through_the_gate_does_not_resolve() throws Exception {
        Bundle bundle = install("a", PLUGIN.signed(VENDOR));
        Files.write(
                folder.resolve("cache/bundle" + bundle.getBundleId() + "/version0.0/bundle.jar"),
                PLUGIN.with("x", "y").signed(VENDOR));

        assertThatThrownBy(bundle::start).isInstanceOf(BundleException.class);
        assertThat(System.getProperty("guard.test.ran")).isNull();
        assertThat(refusals()).singleElement().asString().contains("changed since it came in");
    }

    @Test
    void the_desk_judges_without_letting_in() throws Exception {
        assertThat(desk().apply(Map.of("bundle", ByteBuffer.wrap(PLUGIN.signed(FOREIGN)))))
                .extractingByKey("fault")
                .asString()
                .contains("is not trusted here");
        assertThat(desk().apply(Map.of("package", ByteBuffer.wrap(PLUGIN.signed(VENDOR)))))
                .containsEntry("fault", "");
        assertThat(desk().apply(Map.of()).get("alternative"))
                .asString()
                .contains(VENDOR.thumbprint());
    }
}
