package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {

    private TestAgent agent;
    private Path certificate;

    @BeforeAll
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
        certificate = run.resolve("agent.crt");
    }

    @AfterAll
    void close() {
        agent.close();
    }

    private SSLSession handshake(String protocol, String... suites) throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        RawClient.trusting(certificate)
                                .getSocketFactory()
                                .createSocket(InetAddress.getByName("127.0.0.1"), agent.https)) {
            socket.setEnabledProtocols(new String[] {protocol});
            if (suites.length > 0) {
                socket.setEnabledCipherSuites(suites);
            }
            socket.startHandshake();
            return socket.getSession();
        }
    }

    @Test
    void the_broker_is_given_the_same_certificate() throws Exception {
        var shown =
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(Files.newInputStream(certificate));
        assertThat(agent.certificate.certificate()).isEqualTo(shown);
        assertThat(agent.certificate.keyManager().getCertificateChain("agent")[0]).isEqualTo(shown);
    }

    @Test
    void ab_49_a_client_verifies_the_agent_by_its_published_certificate() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().sslContext(RawClient.trusting(certificate)).build();
        for (String host : List.of("localhost", "127.0.0.1")) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "https://"
                                                            + host
                                                            + ":"
                                                            + agent.https
                                                            + "/health"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            // The client offers HTTP/2; there is none.
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
        assertThatThrownBy(
                        () ->
                                HttpClient.newHttpClient()
                                        .send(
                                                HttpRequest.newBuilder(
                                                                URI.create(
                                                                        "https://localhost:"
                                                                                + agent.https
                                                                                + "/health"))
                                                        .build(),
                                                HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void the_certificate_is_short_lived_for_this_machine_only_and_public() throws Exception {
        Instant now = Instant.parse("2026-11-25T00:00:00Z");
        ServerCertificate made = ServerCertificate.create(now);
        var cert = made.certificate();
        cert.verify(cert.getPublicKey());
        assertThat(cert.getSubjectX500Principal().getName()).isEqualTo("CN=Localhost");
        List<String> names = new ArrayList<>();
        cert.getSubjectAlternativeNames().forEach(name -> names.add(name.get(1).toString()));
        assertThat(names).containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(cert.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(cert.getBasicConstraints()).isEqualTo(-1);
        assertThat(((ECPublicKey) cert.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        assertThat(cert.getNotBefore().toInstant()).isBeforeOrEqualTo(now);
        assertThat(
                        Duration.between(
                                        cert.getNotBefore().toInstant(),
                                        cert.getNotAfter().toInstant())
                                .toDays())
                .isEqualTo(398);
        assertThat(made.needsRenewal(now.plus(Duration.ofDays(367)))).isFalse();
        assertThat(made.needsRenewal(now.plus(Duration.ofDays(369)))).isTrue();
        assertThat(made.toString()).doesNotContain("BEGIN", "PrivateKey");
    }

    @Test
    void only_the_public_part_is_on_disk_and_everyone_may_read_it() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificate)))
                .isEqualTo("rw-r--r--");
        assertThat(Files.readString(certificate))
                .startsWith("-----BEGIN CERTIFICATE-----\n")
                .doesNotContain("PRIVATE");
        try (var files = Files.list(certificate.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("agent.crt", "agent.sock");
        }
    }

    @Test
    void every_start_has_another_key() throws Exception {
        assertThat(ServerCertificate.create(Instant.now()).certificate().getPublicKey())
                .isNotEqualTo(ServerCertificate.create(Instant.now()).certificate().getPublicKey());
    }

    @Test
    void tls_is_modern_with_forward_secrecy_or_nothing() throws Exception {
        assertThat(handshake("TLSv1.3").getCipherSuite()).startsWith("TLS_AES");
        assertThat(handshake("TLSv1.2").getCipherSuite())
                .startsWith("TLS_ECDHE_ECDSA_WITH_AES")
                .contains("_GCM_");
        assertThatThrownBy(() -> handshake("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"))
                .isInstanceOf(SSLHandshakeException.class);
        assertThatThrownBy(() -> handshake("TLSv1.1")).isInstanceOf(Exception.class);
    }

    @Test
    void a_renewed_key_is_used_without_a_restart() throws Exception {
        AgentKeys keys = new AgentKeys(ServerCertificate.create(Instant.now()));
        ServerCertificate next = ServerCertificate.create(Instant.now());
        keys.replace(next);
        String alias = String.valueOf(keys.chooseEngineServerAlias("EC", null, null));
        assertThat(keys.getCertificateChain(alias)).containsExactly(next.certificate());
        assertThat(keys.getPrivateKey(alias)).isEqualTo(next.key());
    }

    @Test
    void a_handshake_that_began_before_a_renewal_ends_with_one_pair() throws Exception {
        ServerCertificate first = ServerCertificate.create(Instant.now());
        AgentKeys keys = new AgentKeys(first);
        String alias = String.valueOf(keys.chooseEngineServerAlias("EC", null, null));
        keys.replace(ServerCertificate.create(Instant.now()));
        assertThat(keys.getCertificateChain(alias)).containsExactly(first.certificate());
        assertThat(keys.getPrivateKey(alias)).isEqualTo(first.key());
    }

    @Test
    void old_versions_and_every_suite_without_secrecy_or_authentication_are_refused()
            throws Exception {
        for (String protocol : List.of("SSLv3", "TLSv1", "TLSv1.1")) {
            assertThat(serverAnswers(RawHello.of(protocol, RawHello.EVERY_SUITE)))
                    .as(protocol)
                    .isEqualTo(RawHello.ALERT);
        }
        for (int suite : RawHello.OLD_SUITES) {
            assertThat(serverAnswers(RawHello.of("TLSv1.2", suite)))
                    .as(Integer.toHexString(suite))
                    .isEqualTo(RawHello.ALERT);
        }
        for (int suite : RawHello.GOOD_SUITES) {
            assertThat(serverAnswers(RawHello.of("TLSv1.2", suite)))
                    .as(Integer.toHexString(suite))
                    .isEqualTo(RawHello.HANDSHAKE);
        }
    }

    /** The type of the first record that comes back. */
    private int serverAnswers(byte[] hello) throws Exception {
        try (java.net.Socket socket =
                new java.net.Socket(InetAddress.getByName("127.0.0.1"), agent.https)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(hello);
            return socket.getInputStream().read();
        }
    }
}
