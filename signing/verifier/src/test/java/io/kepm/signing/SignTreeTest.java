package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.forge.Signer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts by which a build says whom it trusts and signs itself, for development and release.
 */
class SignTreeTest {

    private static final Path SCRIPTS = Path.of("../scripts").toAbsolutePath().normalize();
    private static final Path CLASSES = Path.of("target/classes").toAbsolutePath();
    private static final Signer RELEASE = Signer.ec();

    @TempDir Path temp;
    private final Map<String, String> environment = new HashMap<>();
    private Path scripts = Path.of("/");
    private Path tree = Path.of("/");

    @BeforeEach
    void prepare() throws IOException {
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("KEPM_DEV_KEY", temp.resolve("dev").toString());
        // A repository of its own, as far as the scripts know one.
        scripts = Files.createDirectories(temp.resolve("signing/scripts"));
        Files.createDirectories(temp.resolve("signing/trust"));
        for (String name : List.of("dev-key", "sign-tree", "trusted-certificates")) {
            Files.copy(SCRIPTS.resolve(name), scripts.resolve(name));
            assertThat(scripts.resolve(name).toFile().setExecutable(true)).isTrue();
        }
        tree = Files.createDirectories(temp.resolve("runtime/lib")).resolveSibling("");
        Files.writeString(tree.resolve("a.txt"), "a");
    }

    private record Said(int code, String text) {}

    private Said run(String script, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(scripts.resolve(script).toString()));
        all.addAll(List.of(words));
        Path out = temp.resolve("out");
        ProcessBuilder builder =
                new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().remove("KEPM_SIGNING_KEY");
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Said(code, Files.readString(out, StandardCharsets.UTF_8));
    }

    private Said sign(String kind) throws IOException, InterruptedException {
        return run("sign-tree", kind, CLASSES.toString(), tree.toString());
    }

    /** Puts a guard into the tree that trusts what the scripts say. */
    private Said guard(String kind) throws IOException, InterruptedException {
        Path pem = temp.resolve("trusted.pem");
        Files.deleteIfExists(pem);
        Said said = run("trusted-certificates", kind, pem.toString());
        if (Files.exists(pem)) {
            try (OutputStream out = Files.newOutputStream(tree.resolve("lib/guard.jar"));
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.putNextEntry(new ZipEntry("io/kepm/guard/trusted.pem"));
                zip.write(Files.readAllBytes(pem));
                zip.closeEntry();
            }
        }
        return said;
    }

    private void trust(Signer signer) throws Exception {
        Files.writeString(temp.resolve("signing/trust/r.pem"), pem(signer.certificate()));
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private void keyStore(Signer signer) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = "secret".toCharArray();
        store.setKeyEntry(
                "release", signer.key(), password, new Certificate[] {signer.certificate()});
        Path file = Files.createDirectories(temp.resolve("keys")).resolve("release.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
        environment.put("KEPM_SIGNING_KEY", file.toString());
        environment.put(
                "KEPM_SIGNING_PASSWORD_FILE",
                Files.writeString(temp.resolve("keys/password"), "secret\n").toString());
    }

    @Test
    void a_build_of_this_machine_is_signed_by_its_own_key_and_its_guard_accepts_that()
            throws Exception {
        assertThat(guard("dev").code()).isZero();
        assertThat(sign("dev").code()).isZero();

        assertThat(tree.resolve("digests.sig")).exists();
    }

    @Test
    void a_release_without_a_certificate_stops() throws Exception {
        Said said = guard("release");

        assertThat(said.code()).isNotZero();
        assertThat(said.text()).contains("there is no release certificate in signing/trust");
    }

    @Test
    void a_release_is_never_signed_by_the_key_of_this_machine() throws Exception {
        trust(RELEASE);
        guard("release");
        Said said = sign("release");

        assertThat(said.code()).isNotZero();
        assertThat(said.text()).contains("KEPM_SIGNING_KEY");
        assertThat(tree.resolve("digests.sig")).doesNotExist();
        assertThat(temp.resolve("dev")).as("not even made").doesNotExist();
    }

    @Test
    void a_release_is_signed_by_a_key_that_its_guard_trusts() throws Exception {
        trust(RELEASE);
        keyStore(RELEASE);
        assertThat(guard("release").code()).isZero();
        Said said = sign("release");
        assertThat(said.code()).as(said.text()).isZero();

        TrustedSigners release =
                new TrustedSigners(
                        Map.of(Thumbprint.of(RELEASE.certificate()), RELEASE.certificate()));
        assertThat(
                        new ListVerifier(release)
                                .verify(
                                        Files.readAllBytes(tree.resolve("digests")),
                                        Files.readAllBytes(tree.resolve("digests.sig"))))
                .isInstanceOf(ListVerdict.Trusted.class);
    }

    @Test
    void a_key_that_is_not_named_by_its_full_path_signs_nothing() throws Exception {
        trust(RELEASE);
        keyStore(RELEASE);
        guard("release");
        environment.put("KEPM_SIGNING_KEY", "keys/release.p12");
        Said said = sign("release");

        assertThat(said.code()).isNotZero();
        assertThat(said.text()).contains("have to be full paths: `keys/release.p12`");
        assertThat(tree.resolve("digests.sig")).doesNotExist();
    }

    @Test
    void a_tree_whose_guard_would_not_accept_the_signature_is_not_signed() throws Exception {
        trust(Signer.ec());
        keyStore(RELEASE);
        guard("release");
        Files.writeString(tree.resolve("digests.sig"), "of an earlier build");
        Said said = sign("release");

        assertThat(said.code()).isNotZero();
        assertThat(said.text()).contains("would not start", "is not trusted here");
        assertThat(tree.resolve("digests.sig")).doesNotExist();
    }

    @Test
    void a_guard_that_trusts_a_development_key_is_no_release() throws Exception {
        keyStore(RELEASE);
        // Left from a build for development, or put into signing/trust by mistake.
        assertThat(guard("dev").code()).isZero();
        Said left = sign("release");
        trust(RELEASE);
        Files.copy(temp.resolve("dev/certificate.pem"), temp.resolve("signing/trust/dev.pem"));
        guard("release");
        Said mistaken = sign("release");

        for (Said said : List.of(left, mistaken)) {
            assertThat(said.code()).isNotZero();
            assertThat(said.text()).contains("a release trusts no development key");
        }
        assertThat(tree.resolve("digests.sig")).doesNotExist();
    }
}
