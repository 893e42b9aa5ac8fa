package io.kepm.signing;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Signs digest lists with one key. */
public final class ListSigner {

    private final PrivateKey key;
    private final X509Certificate certificate;

    public ListSigner(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /**
     * The signature of a list.
     *
     * @throws IllegalArgumentException when the key is too weak
     */
    public DetachedSignature sign(DigestList list) throws GeneralSecurityException {
        String algorithm =
                SigningKey.algorithm(certificate.getPublicKey())
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "signing key: RSA of 3072 bits, EC P-256, P-384,"
                                                        + " P-521 or Ed25519 is needed"));
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(list.bytes());
        return new DetachedSignature(Thumbprint.of(certificate), signature.sign());
    }
}
