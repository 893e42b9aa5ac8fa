package io.kepm.https;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;

/** What a certificate has to be before the doors show it. */
final class CertificateRules {

    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_USE = "2.5.29.37.0";
    private static final int LEAST_RSA_BITS = 2048;
    private static final int LEAST_EC_BITS = 256;

    private CertificateRules() {}

    /** The certificate, when it fits its key, is in its time, for servers, and strong enough. */
    static ServerCertificate usable(PrivateKey key, List<X509Certificate> chain, Instant now)
            throws UnusableCertificate {
        if (chain.isEmpty()) {
            throw new UnusableCertificate("the file has no certificate");
        }
        X509Certificate first = chain.get(0);
        requireTime(first, now);
        requireStrength(first.getPublicKey());
        if (!isPair(key, first.getPublicKey())) {
            throw new UnusableCertificate("the key is not that of the first certificate");
        }
        requireUse(first);
        for (int i = 1; i < chain.size(); i++) {
            try {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new UnusableCertificate(
                        "certificate %d was not issued by certificate %d: put them in that order"
                                .formatted(i, i + 1),
                        e);
            }
            requireTime(chain.get(i), now);
        }
        return new ServerCertificate(key, chain);
    }

    private static void requireTime(X509Certificate certificate, Instant now)
            throws UnusableCertificate {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        if (now.isAfter(to)) {
            throw new UnusableCertificate("the certificate ended at " + to);
        }
        if (now.isBefore(from)) {
            throw new UnusableCertificate("the certificate begins at " + from);
        }
    }

    private static void requireStrength(PublicKey key) throws UnusableCertificate {
        boolean strong =
                key instanceof RSAPublicKey rsa
                        ? rsa.getAlgorithm().equals("RSA")
                                && rsa.getModulus().bitLength() >= LEAST_RSA_BITS
                        : key instanceof ECPublicKey ec
                                && ec.getParams().getOrder().bitLength() >= LEAST_EC_BITS;
        if (!strong) {
            throw new UnusableCertificate(
                    "the key is neither RSA of 2048 bits or more nor EC of 256 or more");
        }
    }

    private static void requireUse(X509Certificate certificate) throws UnusableCertificate {
        try {
            List<String> uses = certificate.getExtendedKeyUsage();
            if (uses != null && !uses.contains(SERVER) && !uses.contains(ANY_USE)) {
                throw new UnusableCertificate("the certificate is not for servers");
            }
        } catch (CertificateParsingException e) {
            throw new UnusableCertificate("the certificate can't be read", e);
        }
    }

    private static boolean isPair(PrivateKey key, PublicKey publicKey) {
        try {
            String algorithm =
                    publicKey instanceof RSAPublicKey ? "SHA256withRSA" : "SHA256withECDSA";
            byte[] probe = new byte[32];
            new SecureRandom().nextBytes(probe);
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(probe);
            byte[] signature = signing.sign();
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(publicKey);
            checking.update(probe);
            return checking.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
