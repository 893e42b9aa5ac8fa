package io.kepm.signing;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of a certificate's DER form: the name under which it is trusted.
 *
 * @param hex 64 lower-case hex digits
 */
public record Thumbprint(String hex) {

    public Thumbprint {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "thumbprint `" + hex + "`: 64 hex digits of a SHA-256 are needed");
        }
    }

    /** Reads what people write: any case, colons and blanks between the digits. */
    public static Thumbprint parse(String text) {
        return new Thumbprint(text.replaceAll("[:\\s]", "").toLowerCase(Locale.ROOT));
    }

    public static Thumbprint of(X509Certificate certificate) {
        try {
            return new Thumbprint(Sha256.of(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("certificate without a DER form", e);
        }
    }

    /** By hand, as is the other: those of a record are linked when one is first asked for. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Thumbprint same && hex.equals(same.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }
}
