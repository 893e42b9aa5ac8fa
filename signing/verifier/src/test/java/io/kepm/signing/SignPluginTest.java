package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.signing.forge.Forge;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that signs, with each kind of key, and what the verifier thinks of the outcome. */
class SignPluginTest {

    private static final Path SCRIPTS = Path.of("../scripts").toAbsolutePath().normalize();
    private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String KEYTOOL =
            Path.of(System.getProperty("java.home"), "bin/keytool").toString();

    @TempDir Path temp;
    private final Map<String, String> environment = new HashMap<>();
    private Path jar = Path.of("/");

    @BeforeEach
    void prepare() throws IOException {
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("KEPM_DEV_KEY", temp.resolve("dev").toString());
        jar = Files.write(temp.resolve("a.jar"), Forge.bundle("a.plugin").unsigned());
    }

    private record Said(int code, String text) {}

    private Said run(String... words) throws IOException, InterruptedException {
        Path out = temp.resolve("out");
        ProcessBuilder builder =
                new ProcessBuilder(List.of(words))
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Said(code, Files.readString(out, StandardCharsets.UTF_8));
    }

    private void good(String... words) throws IOException, InterruptedException {
        assertThat(run(words)).satisfies(said -> assertThat(said.code()).as(said.text()).isZero());
    }

    private Said sign() throws IOException, InterruptedException {
        return run(SCRIPTS.resolve("sign-plugin").toString(), jar.toString());
    }

    private JarVerdict judged(Path pem) throws Exception {
        X509Certificate certificate;
        try (InputStream in = Files.newInputStream(pem)) {
            certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
        return new JarVerifier(
                        new Signers(Set.of(Thumbprint.of(certificate).hex()), Set.of()), Set.of())
                .install(ByteBuffer.wrap(Files.readAllBytes(jar)), Instant.now());
    }

    @Test
    void what_the_development_key_signs_is_trusted_by_its_certificate() throws Exception {
        assertThat(sign().code()).isZero();

        assertThat(judged(temp.resolve("dev/certificate.pem")))
                .isInstanceOf(JarVerdict.Trusted.class);
    }

    @Test
    void what_a_token_of_pkcs_11_signs_is_trusted_by_its_certificate() throws Exception {
        token();
        environment.put("KEPM_SIGNING_PASSWORD_FILE", temp.resolve("pin").toString());

        assertThat(sign()).isEqualTo(new Said(0, "signed " + jar + "\n"));
        assertThat(judged(temp.resolve("token.pem"))).isInstanceOf(JarVerdict.Trusted.class);
    }

    @Test
    void without_a_pin_or_with_a_wrong_one_nothing_is_signed_and_the_script_says_why()
            throws Exception {
        token();
        byte[] before = Files.readAllBytes(jar);
        Said without = sign();
        Files.writeString(temp.resolve("pin"), "0000\n");
        environment.put("KEPM_SIGNING_PASSWORD_FILE", temp.resolve("pin").toString());
        Said wrong = sign();

        assertThat(without.code()).isEqualTo(1);
        assertThat(without.text()).contains("KEPM_SIGNING_PASSWORD_FILE");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.text()).contains("sign-plugin: ", "load failed", "the right PIN");
        assertThat(Files.readAllBytes(jar)).isEqualTo(before);
    }

    /** A SoftHSM2 with one key in it. */
    private void token() throws Exception {
        if (!Files.exists(MODULE)) {
            System.err.println("SKIPPED: SignPluginTest: there is no SoftHSM2 (package softhsm2)");
        }
        assumeTrue(Files.exists(MODULE), "there is no SoftHSM2 (package softhsm2)");
        Path tokens = Files.createDirectory(temp.resolve("tokens"));
        environment.put(
                "SOFTHSM2_CONF",
                Files.writeString(
                                temp.resolve("softhsm.conf"),
                                "directories.tokendir = "
                                        + tokens
                                        + "\nobjectstore.backend = file\n")
                        .toString());
        good(
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                "kepm",
                "--so-pin",
                "1234",
                "--pin",
                "5678");
        Files.writeString(temp.resolve("pin"), "5678\n");
        Path provider =
                Files.writeString(
                        temp.resolve("pkcs11.cfg"),
                        "name = kepm\nlibrary = " + MODULE + "\nslotListIndex = 0\n");
        String[] store = {
            "-alias",
            "release",
            "-keystore",
            "NONE",
            "-storetype",
            "PKCS11",
            "-providerClass",
            "sun.security.pkcs11.SunPKCS11",
            "-providerArg",
            provider.toString(),
            "-storepass:file",
            temp.resolve("pin").toString()
        };
        good(
                all(
                        store,
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp384r1",
                        "-sigalg",
                        "SHA384withECDSA",
                        "-dname",
                        "CN=token",
                        "-ext",
                        "eku=codeSigning"));
        good(all(store, "-exportcert", "-rfc", "-file", temp.resolve("token.pem").toString()));
        environment.put("KEPM_SIGNING_PKCS11", provider.toString());
        environment.put("KEPM_SIGNING_ALIAS", "release");
    }

    private static String[] all(String[] store, String... words) {
        List<String> all = new java.util.ArrayList<>(List.of(KEYTOOL));
        all.addAll(List.of(words));
        all.addAll(List.of(store));
        return all.toArray(String[]::new);
    }
}
