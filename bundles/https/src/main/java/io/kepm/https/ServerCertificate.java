package io.kepm.https;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate and its key: the agent's own, made anew at every start, or a custom one.
 *
 * <p>INVARIANT: the private key is never written anywhere.
 *
 * @param chain the certificate, then its issuers
 * @param isOwn whether the agent made it
 */
record ServerCertificate(PrivateKey key, List<X509Certificate> chain, boolean isOwn) {

    /** The longest that browsers take. */
    private static final Duration LIFE = Duration.ofDays(398);

    private static final Duration RENEW_BEFORE_END = Duration.ofDays(30);

    /** For clients whose clock is a little behind. */
    private static final Duration BACKDATE = Duration.ofHours(1);

    ServerCertificate {
        chain = List.copyOf(chain);
    }

    /** A custom one. */
    ServerCertificate(PrivateKey key, List<X509Certificate> chain) {
        this(key, chain, false);
    }

    static ServerCertificate create(Instant now) throws GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=Localhost");
        try {
            Instant start = now.minus(BACKDATE);
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                                    name,
                                    new BigInteger(127, random).setBit(126),
                                    Date.from(start),
                                    Date.from(start.plus(LIFE)),
                                    name,
                                    pair.getPublic())
                            .addExtension(Extension.subjectAlternativeName, false, names())
                            .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(false))
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.digitalSignature))
                            .addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            return new ServerCertificate(
                    pair.getPrivate(),
                    List.of(
                            new JcaX509CertificateConverter()
                                    .getCertificate(
                                            builder.build(
                                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                                            .build(pair.getPrivate())))),
                    true);
        } catch (IOException | OperatorCreationException e) {
            throw new CertificateException("the certificate could not be made", e);
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    boolean needsRenewal(Instant now) {
        return now.plus(RENEW_BEFORE_END).isAfter(certificate().getNotAfter().toInstant());
    }

    /** The public part, for clients that verify. */
    String pem() throws CertificateException {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : chain) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(
                            Base64.getMimeEncoder(64, new byte[] {'\n'})
                                    .encodeToString(certificate.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString();
    }

    /** SHA-256 of the certificate, lower-case hex. */
    String fingerprint() {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(certificate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate without bytes", e);
        }
    }

    private static GeneralNames names() {
        return new GeneralNames(
                new GeneralName[] {
                    new GeneralName(GeneralName.dNSName, "localhost"),
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                    new GeneralName(GeneralName.iPAddress, "::1")
                });
    }

    /** The key stays out of every log. */
    @Override
    public String toString() {
        return "ServerCertificate[" + certificate().getSerialNumber().toString(16) + "]";
    }
}
