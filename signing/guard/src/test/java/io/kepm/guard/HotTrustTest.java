package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.Sha256;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.RawZip;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;

/** Signers who are no longer trusted, and certificates that are over. */
class HotTrustTest extends HotFramework {

    @Test
    void a_signer_who_is_no_longer_trusted_is_gone_at_the_next_start() throws Exception {
        install("a", PLUGIN.signed(VENDOR)).start();
        stop();
        trusted = Set.of(FOREIGN.thumbprint());
        framework = framework();

        assertThat(bundle("a")).isNull();
        assertThat(refusals()).singleElement().asString().contains("is not trusted here");
    }

    @Test
    void a_certificate_that_expires_stops_no_later_start_but_new_bundles() throws Exception {
        byte[] jar = PLUGIN.signed(VENDOR);
        install("a", jar);
        stop();
        clock = InstantSource.fixed(Instant.parse("2100-01-01T00:00:00Z"));
        framework = framework();

        assertThat(bundle("a")).isNotNull();
        bundle("a").uninstall();
        install("again", jar);
        assertThatThrownBy(() -> install("b", Forge.bundle("new").signed(VENDOR)))
                .hasMessageContaining("expired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA-256", "SHA-1"})
    void ab_66_what_is_revoked_while_it_runs_is_stopped_and_uninstalled(String digest)
            throws Exception {
        Bundle bundle = install("a", PLUGIN.signed(VENDOR));
        bundle.start();
        Files.writeString(
                folder.resolve("revoked"),
                "# lost key\n"
                        + VENDOR.thumbprint(digest).toUpperCase(java.util.Locale.ROOT)
                        + "\n");
        assertThat(desk().apply(Map.of("sweep", true))).containsEntry("thrownOut", List.of("a"));
        awaitGone(bundle);

        assertThat(refusals()).singleElement().asString().contains("was revoked");
        assertThatThrownBy(() -> install("b", PLUGIN.signed(VENDOR)))
                .hasMessageContaining("was revoked");
    }

    @Test
    void ab_66_what_is_revoked_by_its_content_is_thrown_out_however_it_was_packed()
            throws Exception {
        RawZip zip = PLUGIN.parts(VENDOR);
        byte[] text = zip.content("readme.txt");
        byte[] packed = zip.remove("readme.txt").add("readme.txt", text).bytes();
        Bundle bundle = install("a", packed);
        bundle.start();
        Files.writeString(folder.resolve("revoked"), Sha256.of(zip.content(MANIFEST)));
        assertThat(desk().apply(Map.of("sweep", true))).containsEntry("thrownOut", List.of("a"));
        awaitGone(bundle);

        assertThatThrownBy(() -> install("b", PLUGIN.signed(VENDOR)))
                .hasMessageContaining("this very content was revoked");
    }

    @Test
    void nothing_is_let_in_while_it_is_not_known_what_was_revoked() throws Exception {
        install("a", PLUGIN.signed(VENDOR));
        Files.createDirectory(folder.resolve("revoked"));
        desk().apply(Map.of("sweep", true));

        assertThatThrownBy(() -> install("b", Forge.bundle("b").signed(VENDOR)))
                .hasMessageContaining("it is not known what was taken back");
        assertThat(bundle("a")).as("what runs already").isNotNull();
        assertThat(desk().apply(Map.of()).get("warnings")).asString().contains("not known");
    }

    @Test
    void a_file_with_its_signature_is_judged_by_the_clock_until_it_is_known() throws Exception {
        byte[] file = {1, 2, 3};
        Map<String, Object> question =
                Map.of("file", file, "signature", CmsForge.detached(file, VENDOR));
        assertThat(desk().apply(question)).containsEntry("fault", "");
        stop();
        clock = InstantSource.fixed(Instant.parse("2100-01-01T00:00:00Z"));
        framework = framework();
        byte[] other = {4};

        assertThat(desk().apply(question)).containsEntry("fault", "");
        assertThat(
                        desk().apply(
                                        Map.of(
                                                "file",
                                                other,
                                                "signature",
                                                CmsForge.detached(other, VENDOR)))
                                .get("fault"))
                .asString()
                .contains("expired");
        assertThat(
                        desk().apply(
                                        Map.of(
                                                "file",
                                                other,
                                                "signature",
                                                CmsForge.detached(file, VENDOR)))
                                .get("fault"))
                .asString()
                .contains("does not match");
    }
}
