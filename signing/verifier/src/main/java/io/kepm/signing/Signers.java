package io.kepm.signing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Whose signatures count: exact certificates by their thumbprints, and what was taken back.
 *
 * @param trusted SHA-256 (64 digits) or SHA-1 (40 digits) of a certificate's DER form, lower case
 * @param revoked the same, or SHA-256 of a whole file, or of the manifest of a signed jar
 */
public record Signers(Set<String> trusted, Set<String> revoked) {

    public Signers {
        trusted = Set.copyOf(trusted);
        revoked = Set.copyOf(revoked);
    }

    /** What people write, in the one form: hex of any case, colons and blanks between digits. */
    public static String plain(String text) {
        return text.replaceAll("[:\\s]", "").toLowerCase(Locale.ROOT);
    }

    /** Whether a plain text has the length of a thumbprint. */
    public static boolean isThumbprint(String plain) {
        return plain.matches("[0-9a-f]{64}|[0-9a-f]{40}");
    }

    /** Lines of a list of what was taken back; {@code #} begins a remark. */
    public static Set<String> lines(Collection<String> lines) {
        Set<String> found = new LinkedHashSet<>();
        for (String line : lines) {
            String plain = plain(line.split("#", 2)[0]);
            if (!plain.isEmpty()) {
                found.add(plain);
            }
        }
        return found;
    }

    boolean trusts(X509Certificate certificate) {
        return trusted.contains(thumbprint(certificate, "SHA-256"))
                || trusted.contains(thumbprint(certificate, "SHA-1"));
    }

    boolean revokes(X509Certificate certificate) {
        return revoked.contains(thumbprint(certificate, "SHA-256"))
                || revoked.contains(thumbprint(certificate, "SHA-1"));
    }

    /** Whether a file, or a signer known by the long thumbprint, was taken back. */
    public boolean revokes(String sha256) {
        return revoked.contains(sha256);
    }

    static String thumbprint(X509Certificate certificate, String algorithm) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException("a thumbprint cannot be made", e);
        }
    }
}
