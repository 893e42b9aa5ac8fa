package io.kepm.signing;

import io.kepm.signing.Der.Malformed;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges one CMS signature and who made it. Immutable. */
final class SignatureJudge {

    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

    private final Signers signers;
    private final TimeStamp timeStamps;

    SignatureJudge(Signers signers, Set<TrustAnchor> timeStampAuthorities) {
        this.signers = signers;
        this.timeStamps = new TimeStamp(timeStampAuthorities);
    }

    /**
     * The answer about one signature.
     *
     * @param signer thumbprint, as far as it is known; else empty
     * @param fault empty when it is good
     * @param whole whether it is a signature over the content at all, and by nobody who was taken
     *     back: of several signatures each has to be that, and one of them good
     */
    record Finding(String signer, String fault, boolean whole) {
        static Finding broken(String signer, String fault) {
            return new Finding(signer, fault, false);
        }

        boolean isGood() {
            return whole && fault.isEmpty();
        }
    }

    /**
     * Judges.
     *
     * @param now the time to judge validity at, where the signature has no time stamp; empty when
     *     time plays no part
     */
    Finding judge(byte[] signature, byte[] content, Optional<Instant> now) {
        String signer = "";
        try {
            Cms cms = Cms.read(signature);
            if (cms.content().isPresent()) {
                return Finding.broken("", "the signature brings its own content along");
            }
            X509Certificate certificate = cms.certificate();
            signer = Thumbprint.of(certificate).hex();
            Optional<String> broken = broken(cms, content, certificate);
            return broken.isPresent()
                    ? Finding.broken(signer, broken.get())
                    : new Finding(signer, unfit(cms, certificate, now).orElse(""), true);
        } catch (Malformed e) {
            return Finding.broken(signer, "the signature cannot be read: " + e.getMessage());
        } catch (GeneralSecurityException e) {
            return Finding.broken(signer, "the signature cannot be checked: " + e.getMessage());
        }
    }

    private Optional<String> broken(Cms cms, byte[] content, X509Certificate certificate)
            throws GeneralSecurityException, Malformed {
        if (SigningKey.algorithm(certificate.getPublicKey()).isEmpty()) {
            return Optional.of(
                    "the signer's key is too weak: RSA of 3072 bits, EC P-256, P-384, P-521 or"
                            + " Ed25519 is needed");
        }
        if (!cms.signer().verifies(content, Cms.DATA, certificate)) {
            return Optional.of("the signature does not match what it signs");
        }
        return signers.revokes(certificate)
                ? Optional.of("signer `" + Thumbprint.of(certificate).hex() + "` was revoked")
                : Optional.empty();
    }

    private Optional<String> unfit(Cms cms, X509Certificate certificate, Optional<Instant> now)
            throws GeneralSecurityException {
        if (!signers.trusts(certificate)) {
            return Optional.of(
                    "signer `" + Thumbprint.of(certificate).hex() + "` is not trusted here");
        }
        if (!isForCode(certificate)) {
            return Optional.of("the signer's certificate is not for signing code");
        }
        return now.flatMap(time -> expired(cms, certificate, time));
    }

    private Optional<String> expired(Cms cms, X509Certificate certificate, Instant now) {
        Instant when = timeStamps.of(cms.signer()).orElse(now);
        if (when.isBefore(certificate.getNotBefore().toInstant())) {
            return Optional.of(
                    "the signer's certificate is not valid before "
                            + certificate.getNotBefore().toInstant());
        }
        if (when.isAfter(certificate.getNotAfter().toInstant())) {
            return Optional.of(
                    "the signer's certificate expired at "
                            + certificate.getNotAfter().toInstant()
                            + ", and no trusted time stamp says that it was signed before");
        }
        return Optional.empty();
    }

    private static boolean isForCode(X509Certificate certificate)
            throws CertificateParsingException {
        boolean[] usage = certificate.getKeyUsage();
        List<String> extended = certificate.getExtendedKeyUsage();
        return !certificate.hasUnsupportedCriticalExtension()
                && (usage == null || usage[0])
                && (extended == null || extended.contains(CODE_SIGNING));
    }
}
