package io.kepm.signing;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Judges a digest list by its detached signature. Immutable. */
public final class ListVerifier {

    private final TrustedSigners signers;

    public ListVerifier(TrustedSigners signers) {
        this.signers = signers;
    }

    /** The list is read only after its bytes are known to be the signer's. */
    public ListVerdict verify(byte[] list, byte[] signatureFile) {
        try {
            DetachedSignature signature = DetachedSignature.parse(signatureFile);
            Optional<X509Certificate> certificate = signers.find(signature.signer());
            if (certificate.isEmpty()) {
                return new ListVerdict.Untrusted(
                        "digest list: signed by `"
                                + signature.signer().hex()
                                + "`, which is not trusted here");
            }
            Optional<String> algorithm = SigningKey.algorithm(certificate.get().getPublicKey());
            if (algorithm.isEmpty()) {
                return new ListVerdict.Untrusted("digest list: the signer's key is too weak");
            }
            if (!verifies(list, signature, certificate.get(), algorithm.get())) {
                return new ListVerdict.Untrusted("digest list: the signature does not match it");
            }
            return new ListVerdict.Trusted(DigestList.parse(list), signature.signer());
        } catch (IllegalArgumentException e) {
            return new ListVerdict.Untrusted(String.valueOf(e.getMessage()));
        } catch (GeneralSecurityException e) {
            return new ListVerdict.Untrusted(
                    "digest list: the signature cannot be checked: " + e.getMessage());
        }
    }

    private static boolean verifies(
            byte[] list, DetachedSignature signature, X509Certificate certificate, String algorithm)
            throws GeneralSecurityException {
        Signature check = Signature.getInstance(algorithm);
        check.initVerify(certificate.getPublicKey());
        check.update(list);
        return check.verify(signature.signature());
    }
}
