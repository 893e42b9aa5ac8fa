package io.kepm.signing;

import io.kepm.signing.Der.Malformed;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one signer of a {@link Cms} says (RFC 5652 §5.3).
 *
 * @param issuer and {@code serial} name the certificate
 * @param digest the JDK's name of the digest algorithm: SHA-256, SHA-384 or SHA-512
 * @param algorithm object identifier of the signature algorithm
 * @param signed the signed attributes as they are hashed; empty when the content itself is signed
 * @param attributes the signed attributes: object identifier to the one value
 * @param timeStamp the RFC 3161 token over the signature, if there is one
 */
record CmsSigner(
        byte[] issuer,
        BigInteger serial,
        String digest,
        String algorithm,
        Optional<byte[]> signed,
        Map<String, Der> attributes,
        byte[] signature,
        Optional<byte[]> timeStamp) {

    private static final String CONTENT_TYPE = "1.2.840.113549.1.9.3";
    private static final String MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    private static final String TIME_STAMP = "1.2.840.113549.1.9.16.2.14";
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String ED25519 = "1.3.101.112";
    private static final int CONTEXT_0 = 0xa0;
    private static final int CONTEXT_1 = 0xa1;

    /** Nothing weaker has a name here. */
    private static final Map<String, String> DIGESTS =
            Map.of(
                    "2.16.840.1.101.3.4.2.1", "SHA-256",
                    "2.16.840.1.101.3.4.2.2", "SHA-384",
                    "2.16.840.1.101.3.4.2.3", "SHA-512");

    private static final Map<String, String> RSA_ALGORITHMS =
            Map.of(
                    "1.2.840.113549.1.1.11", "SHA256withRSA",
                    "1.2.840.113549.1.1.12", "SHA384withRSA",
                    "1.2.840.113549.1.1.13", "SHA512withRSA");

    private static final Map<String, String> EC_ALGORITHMS =
            Map.of(
                    "1.2.840.10045.4.3.2", "SHA256withECDSA",
                    "1.2.840.10045.4.3.3", "SHA384withECDSA",
                    "1.2.840.10045.4.3.4", "SHA512withECDSA");

    static CmsSigner read(Der info) throws Malformed {
        List<Der> parts = info.expect(Der.SEQUENCE).children(5);
        List<Der> id = parts.get(1).expect(Der.SEQUENCE).children(2);
        int next = 3;
        Optional<byte[]> signed = Optional.empty();
        Map<String, Der> attributes = Map.of();
        if (parts.get(next).is(CONTEXT_0)) {
            byte[] set = parts.get(next).encoded();
            // It is hashed as the SET that it is, not with its tag in here.
            set[0] = Der.SET;
            signed = Optional.of(set);
            attributes = attributes(parts.get(next));
            next++;
        }
        if (parts.size() < next + 2) {
            throw new Malformed("a signer without a signature");
        }
        String algorithm = parts.get(next).expect(Der.SEQUENCE).children(1).get(0).oid();
        byte[] signature = parts.get(next + 1).expect(Der.OCTETS).bytes();
        Optional<byte[]> timeStamp = Optional.empty();
        if (parts.size() > next + 2) {
            Map<String, Der> unsigned = attributes(parts.get(next + 2).expect(CONTEXT_1));
            timeStamp = Optional.ofNullable(unsigned.get(TIME_STAMP)).map(Der::encoded);
        }
        return new CmsSigner(
                id.get(0).encoded(),
                Cms.serial(id.get(1)),
                digest(parts.get(2)),
                algorithm,
                signed,
                attributes,
                signature,
                timeStamp);
    }

    /** The JDK's name of a digest algorithm. */
    static String digest(Der identifier) throws Malformed {
        String oid = identifier.expect(Der.SEQUENCE).children(1).get(0).oid();
        String name = DIGESTS.get(oid);
        if (name == null) {
            throw new Malformed("digest algorithm " + oid + " is weaker than SHA-256");
        }
        return name;
    }

    private static Map<String, Der> attributes(Der set) throws Malformed {
        Map<String, Der> found = new HashMap<>();
        for (Der attribute : set.children()) {
            List<Der> parts = attribute.expect(Der.SEQUENCE).children(2);
            List<Der> values = parts.get(1).expect(Der.SET).children(1);
            if (found.put(parts.get(0).oid(), values.get(0)) != null || values.size() != 1) {
                throw new Malformed("an attribute that is there twice");
            }
        }
        return found;
    }

    /** Whether the signature is the certificate's, over exactly this content. */
    boolean verifies(byte[] content, String contentType, X509Certificate certificate)
            throws GeneralSecurityException, Malformed {
        byte[] message = content;
        if (signed.isPresent()) {
            Der type = attribute(CONTENT_TYPE);
            byte[] expected = attribute(MESSAGE_DIGEST).expect(Der.OCTETS).bytes();
            byte[] actual = MessageDigest.getInstance(digest).digest(content);
            if (!type.oid().equals(contentType) || !MessageDigest.isEqual(expected, actual)) {
                return false;
            }
            message = signed.get();
        }
        Signature check = Signature.getInstance(signatureAlgorithm(certificate));
        check.initVerify(certificate.getPublicKey());
        check.update(message);
        return !isDegenerate(certificate) && check.verify(signature);
    }

    private Der attribute(String oid) throws Malformed {
        Der found = attributes.get(oid);
        if (found == null) {
            throw new Malformed("a signed attribute is missing");
        }
        return found;
    }

    /** By the key; what the signature says of itself has to fit. */
    private String signatureAlgorithm(X509Certificate certificate) throws Malformed {
        String found = null;
        if (certificate.getPublicKey() instanceof RSAPublicKey) {
            found =
                    algorithm.equals(RSA)
                            ? digest.replace("-", "") + "withRSA"
                            : RSA_ALGORITHMS.get(algorithm);
        } else if (certificate.getPublicKey() instanceof ECPublicKey) {
            found = EC_ALGORITHMS.get(algorithm);
        } else if (certificate.getPublicKey() instanceof EdECPublicKey
                && algorithm.equals(ED25519)) {
            found = "Ed25519";
        }
        if (found == null) {
            throw new Malformed("signature algorithm " + algorithm + " is not accepted here");
        }
        return found;
    }

    /** An ECDSA signature of zeros verifies under any key in some versions of Java. */
    private boolean isDegenerate(X509Certificate certificate) throws Malformed {
        if (!(certificate.getPublicKey() instanceof ECPublicKey key)) {
            return false;
        }
        List<Der> numbers = Der.read(signature).expect(Der.SEQUENCE).children(2);
        for (Der number : numbers) {
            if (number.integer().signum() <= 0
                    || number.integer().compareTo(key.getParams().getOrder()) >= 0) {
                return true;
            }
        }
        return numbers.size() != 2;
    }
}
