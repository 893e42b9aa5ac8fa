package io.kepm.signing;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A throw-away key with its certificate. */
record Keys(KeyPair pair, X509Certificate certificate) {

    static Keys ec() throws Exception {
        return of("EC", 256, "SHA256withECDSA");
    }

    static Keys of(String kind, int bits, String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (bits > 0) {
            generator.initialize(bits);
        }
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=test");
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        new Date(0),
                        // Long past: time plays no part in the judgement.
                        new Date(1),
                        name,
                        pair.getPublic());
        var signer = new JcaContentSignerBuilder(algorithm).build(pair.getPrivate());
        return new Keys(
                pair, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
    }

    ListSigner signer() {
        return new ListSigner(pair.getPrivate(), certificate);
    }

    TrustedSigners trusted() {
        return new TrustedSigners(Map.of(Thumbprint.of(certificate), certificate));
    }
}
