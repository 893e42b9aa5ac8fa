package io.kepm.signing;

import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The certificates that are trusted, each by its exact thumbprint; no chain is ever built. */
public record TrustedSigners(Map<Thumbprint, X509Certificate> certificates) {

    public TrustedSigners {
        certificates = Map.copyOf(certificates);
    }

    /** Reads certificates that stand one after the other in PEM form. */
    public static TrustedSigners fromPem(InputStream pem) throws CertificateException {
        Map<Thumbprint, X509Certificate> found = new HashMap<>();
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            if (each instanceof X509Certificate certificate) {
                found.put(Thumbprint.of(certificate), certificate);
            }
        }
        return new TrustedSigners(found);
    }

    /** In lower-case hex, in order. */
    public List<String> thumbprints() {
        return certificates.keySet().stream().map(Thumbprint::hex).sorted().toList();
    }

    public Optional<X509Certificate> find(Thumbprint thumbprint) {
        return Optional.ofNullable(certificates.get(thumbprint));
    }
}
