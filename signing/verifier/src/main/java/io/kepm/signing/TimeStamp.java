package io.kepm.signing;

import io.kepm.signing.Der.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * When a signature was made, by the word of a time-stamping authority (RFC 3161). The JDK's jar
 * support believes any authority; here its chain has to end in one that this Java trusts.
 */
final class TimeStamp {

    private static final String TST_INFO = "1.2.840.113549.1.9.16.1.4";
    private static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss");

    private final Set<TrustAnchor> anchors;

    TimeStamp(Set<TrustAnchor> anchors) {
        this.anchors = Set.copyOf(anchors);
    }

    /** The authorities that this Java trusts; none when they cannot be read. */
    static Set<TrustAnchor> ofThisJava() {
        Set<TrustAnchor> found = new HashSet<>();
        Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            // Certificates alone are readable without the password.
            store.load(in, null);
            for (String alias : java.util.Collections.list(store.aliases())) {
                if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                    found.add(new TrustAnchor(certificate, null));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            return Set.of();
        }
        return found;
    }

    /** Empty when there is no time stamp, or one that is not to be believed. */
    Optional<Instant> of(CmsSigner signer) {
        if (signer.timeStamp().isEmpty()) {
            return Optional.empty();
        }
        try {
            Cms token = Cms.read(signer.timeStamp().get());
            byte[] info = token.content().orElse(new byte[0]);
            X509Certificate authority = token.certificate();
            Instant time = time(info, signer.signature());
            boolean believed =
                    token.contentType().equals(TST_INFO)
                            && token.signer().verifies(info, TST_INFO, authority)
                            && authority.getExtendedKeyUsage() != null
                            && authority.getExtendedKeyUsage().equals(List.of(TIME_STAMPING))
                            && chains(authority, token.certificates(), time);
            return believed ? Optional.of(time) : Optional.empty();
        } catch (Malformed | GeneralSecurityException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant time(byte[] info, byte[] signature)
            throws Malformed, GeneralSecurityException {
        List<Der> parts = Der.read(info).expect(Der.SEQUENCE).children(5);
        List<Der> imprint = parts.get(2).expect(Der.SEQUENCE).children(2);
        byte[] actual =
                MessageDigest.getInstance(CmsSigner.digest(imprint.get(0))).digest(signature);
        if (!MessageDigest.isEqual(imprint.get(1).expect(Der.OCTETS).bytes(), actual)) {
            throw new Malformed("a time stamp of another signature");
        }
        String text = parts.get(4).expect(Der.GENERALIZED_TIME).ascii();
        if (!text.matches("[0-9]{14}(\\.[0-9]{1,9})?Z")) {
            throw new Malformed("a time in another form");
        }
        return LocalDateTime.parse(text.substring(0, 14), TIME).toInstant(ZoneOffset.UTC);
    }

    private boolean chains(X509Certificate authority, List<X509Certificate> more, Instant time)
            throws GeneralSecurityException {
        if (anchors.isEmpty()) {
            return false;
        }
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(authority);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(time));
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(more)));
        return CertPathBuilder.getInstance("PKIX").build(parameters) != null;
    }
}
