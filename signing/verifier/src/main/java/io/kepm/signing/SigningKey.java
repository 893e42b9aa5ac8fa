package io.kepm.signing;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;

/** Which keys are strong enough, and the one algorithm that each of them signs with. */
final class SigningKey {

    private static final int MIN_RSA_BITS = 3072;
    private static final Set<Integer> EC_BITS = Set.of(256, 384, 521);

    private SigningKey() {}

    /**
     * The algorithm for a key, or empty for a key that is too weak or of an unknown kind. It comes
     * from the key alone: a signature has no say in how it is checked.
     */
    static Optional<String> algorithm(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return rsa.getModulus().bitLength() >= MIN_RSA_BITS
                    ? Optional.of("SHA256withRSA")
                    : Optional.empty();
        }
        if (key instanceof ECPublicKey ec) {
            return EC_BITS.contains(ec.getParams().getCurve().getField().getFieldSize())
                    ? Optional.of("SHA256withECDSA")
                    : Optional.empty();
        }
        if (key instanceof EdECPublicKey ed) {
            return "Ed25519".equals(ed.getParams().getName())
                    ? Optional.of("Ed25519")
                    : Optional.empty();
        }
        return Optional.empty();
    }
}
