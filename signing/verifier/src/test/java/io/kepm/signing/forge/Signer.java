package io.kepm.signing.forge;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A throw-away key with a certificate for it. */
public record Signer(PrivateKey key, X509Certificate certificate, String algorithm) {

    /** What its certificate says. */
    public record Form(
            String kind,
            int bits,
            String algorithm,
            KeyPurposeId purpose,
            int usage,
            Instant from,
            Instant to) {

        public Form purpose(KeyPurposeId value) {
            return new Form(kind, bits, algorithm, value, usage, from, to);
        }

        public Form usage(int value) {
            return new Form(kind, bits, algorithm, purpose, value, from, to);
        }

        public Form valid(Instant begin, Instant end) {
            return new Form(kind, bits, algorithm, purpose, usage, begin, end);
        }

        public Signer make() {
            return Signer.make(this);
        }
    }

    public static Form form(String kind, int bits, String algorithm) {
        return new Form(
                kind,
                bits,
                algorithm,
                KeyPurposeId.id_kp_codeSigning,
                KeyUsage.digitalSignature,
                Instant.now().minusSeconds(86_400),
                Instant.now().plusSeconds(86_400L * 365));
    }

    public static Signer ec() {
        return form("EC", 256, "SHA256withECDSA").make();
    }

    public static Signer rsa() {
        return form("RSA", 3072, "SHA256withRSA").make();
    }

    public static Signer ed25519() {
        return form("Ed25519", 0, "Ed25519").make();
    }

    private static Signer make(Form form) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(form.kind());
            if (form.bits() > 0) {
                generator.initialize(form.bits());
            }
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=" + form.kind() + " signer");
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            BigInteger.valueOf(System.nanoTime()),
                            Date.from(form.from()),
                            Date.from(form.to()),
                            name,
                            pair.getPublic());
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(form.usage()));
            builder.addExtension(
                    Extension.extendedKeyUsage, true, new ExtendedKeyUsage(form.purpose()));
            return new Signer(
                    pair.getPrivate(),
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(
                                            new JcaContentSignerBuilder(form.algorithm())
                                                    .build(pair.getPrivate()))),
                    form.algorithm());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public String thumbprint() {
        return thumbprint("SHA-256");
    }

    public String thumbprint(String digest) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(digest).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How its block is called in a jar. */
    String kind() {
        return algorithm.endsWith("RSA") ? "RSA" : "EC";
    }
}
