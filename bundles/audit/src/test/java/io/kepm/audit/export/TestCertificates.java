package io.kepm.audit.export;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority of a test's own, and what it signs. */
final class TestCertificates {

    private final KeyPair authority = keys();
    private final X509Certificate root;

    /** A key with the certificate for it. */
    record Signed(PrivateKey key, X509Certificate certificate) {}

    TestCertificates() throws Exception {
        root = sign(authority, "CN=test authority", "", true);
    }

    X509Certificate root() {
        return root;
    }

    /** A certificate for a host name. */
    Signed host(String name) throws Exception {
        KeyPair keys = keys();
        return new Signed(keys.getPrivate(), sign(keys, "CN=" + name, name, false));
    }

    /** What a server shows. */
    SSLContext server(Signed signed) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own", signed.key(), new char[0], new Certificate[] {signed.certificate(), root});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    static Path pem(Path file, Certificate certificate) throws Exception {
        return write(file, "CERTIFICATE", certificate.getEncoded());
    }

    static Path pem(Path file, PrivateKey key) throws Exception {
        return write(file, "PRIVATE KEY", key.getEncoded());
    }

    private static Path write(Path file, String what, byte[] content) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                what,
                                Base64.getMimeEncoder(64, new byte[] {'\n'})
                                        .encodeToString(content),
                                what));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private X509Certificate sign(KeyPair keys, String name, String host, boolean ca)
            throws Exception {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=test authority"),
                        BigInteger.valueOf(System.nanoTime()),
                        Date.from(now.minus(1, ChronoUnit.DAYS)),
                        Date.from(now.plus(1, ChronoUnit.DAYS)),
                        new X500Name(name),
                        keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        if (!host.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder("SHA256withRSA")
                                        .build(authority.getPrivate())));
    }

    /** RSA: GnuTLS reads no EC key the way Java writes it, without the public half. */
    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
