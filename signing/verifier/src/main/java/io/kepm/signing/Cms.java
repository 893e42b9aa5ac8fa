package io.kepm.signing;

import io.kepm.signing.Der.Malformed;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A CMS SignedData with one signer (RFC 5652), in DER. The JDK reads these inside of its jar
 * support only, without an interface of its own; parsing is here, all arithmetic is the JDK's.
 *
 * @param contentType what was signed, as an object identifier
 * @param content what was signed, when it is inside
 * @param certificates all that came along
 * @param signer the one signer
 */
record Cms(
        String contentType,
        Optional<byte[]> content,
        List<X509Certificate> certificates,
        CmsSigner signer) {

    static final String DATA = "1.2.840.113549.1.7.1";
    private static final String SIGNED_DATA = "1.2.840.113549.1.7.2";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_CERTIFICATES = 20;
    private static final int CONTEXT_0 = 0xa0;
    private static final int CONTEXT_1 = 0xa1;

    static Cms read(byte[] bytes) throws Malformed {
        if (bytes.length > MAX_BYTES) {
            throw new Malformed("larger than " + MAX_BYTES + " bytes");
        }
        List<Der> info = Der.read(bytes).expect(Der.SEQUENCE).children(2);
        if (!SIGNED_DATA.equals(info.get(0).oid())) {
            throw new Malformed("no signed data");
        }
        List<Der> parts =
                info.get(1).expect(CONTEXT_0).children(1).get(0).expect(Der.SEQUENCE).children(4);
        List<Der> encapsulated = parts.get(2).expect(Der.SEQUENCE).children(1);
        Optional<byte[]> content = Optional.empty();
        if (encapsulated.size() > 1) {
            Der octets = encapsulated.get(1).expect(CONTEXT_0).children(1).get(0);
            content = Optional.of(octets.expect(Der.OCTETS).bytes());
        }
        List<X509Certificate> certificates = List.of();
        for (Der part : parts.subList(3, parts.size() - 1)) {
            if (part.is(CONTEXT_0)) {
                certificates = certificates(part);
            } else if (!part.is(CONTEXT_1)) {
                throw new Malformed("an unknown part");
            }
        }
        List<Der> signers = parts.get(parts.size() - 1).expect(Der.SET).children();
        if (signers.size() != 1) {
            throw new Malformed(signers.size() + " signers where one is needed");
        }
        return new Cms(
                encapsulated.get(0).oid(), content, certificates, CmsSigner.read(signers.get(0)));
    }

    /** The signer's certificate. */
    X509Certificate certificate() throws Malformed {
        for (X509Certificate each : certificates) {
            if (each.getSerialNumber().equals(signer.serial())
                    && Arrays.equals(each.getIssuerX500Principal().getEncoded(), signer.issuer())) {
                return each;
            }
        }
        throw new Malformed("the signer's certificate is not in it");
    }

    private static List<X509Certificate> certificates(Der set) throws Malformed {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Der each : set.children()) {
                if (found.size() == MAX_CERTIFICATES) {
                    throw new Malformed("more than " + MAX_CERTIFICATES + " certificates");
                }
                found.add(
                        (X509Certificate)
                                factory.generateCertificate(
                                        new ByteArrayInputStream(
                                                each.expect(Der.SEQUENCE).encoded())));
            }
        } catch (CertificateException e) {
            throw new Malformed("a certificate that cannot be read");
        }
        return found;
    }

    /** Serial numbers compare as numbers. */
    static BigInteger serial(Der value) throws Malformed {
        return value.integer();
    }
}
