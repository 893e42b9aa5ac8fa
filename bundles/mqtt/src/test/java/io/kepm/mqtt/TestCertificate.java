package io.kepm.mqtt;

import io.kepm.api.trust.DoorCertificate;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate as the HTTPS door makes one; as a service, and as a client's trust. */
final class TestCertificate implements DoorCertificate {

    private final KeyStore store;
    private final X509Certificate certificate;

    TestCertificate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=Localhost");
            Instant now = Instant.now();
            certificate =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    new JcaX509v3CertificateBuilder(
                                                    name,
                                                    BigInteger.TEN,
                                                    Date.from(now.minus(Duration.ofHours(1))),
                                                    Date.from(now.plus(Duration.ofDays(1))),
                                                    name,
                                                    pair.getPublic())
                                            .addExtension(
                                                    Extension.subjectAlternativeName,
                                                    false,
                                                    new GeneralNames(
                                                            new GeneralName[] {
                                                                new GeneralName(
                                                                        GeneralName.dNSName,
                                                                        "localhost"),
                                                                new GeneralName(
                                                                        GeneralName.iPAddress,
                                                                        "127.0.0.1")
                                                            }))
                                            .build(
                                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                                            .build(pair.getPrivate())));
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "agent", pair.getPrivate(), new char[0], new X509Certificate[] {certificate});
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public X509KeyManager keyManager() {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            return (X509KeyManager) factory.getKeyManagers()[0];
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public X509Certificate certificate() {
        return certificate;
    }

    TrustManagerFactory trust() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("agent", certificate);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            return factory;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    SSLContext client(String protocol) {
        try {
            SSLContext context = SSLContext.getInstance(protocol);
            context.init(null, trust().getTrustManagers(), null);
            return context;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A client that shows a certificate whenever it is asked for one. */
    SSLContext clientWithCertificate() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new TestCertificate().keyManager()},
                    trust().getTrustManagers(),
                    null);
            return context;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The public part, for clients that read files. */
    Path pem(Path folder) throws Exception {
        return Files.writeString(
                folder.resolve("agent.crt"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }
}
