package io.kepm.signing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The build's signing step: writes {@code digests} and {@code digests.sig} into a folder. Usage:
 * {@code SignTree dev|release FOLDER KEYSTORE PASSWORD-FILE}; the key store is PKCS12 and holds one
 * key.
 *
 * <p>INVARIANT: no signature stays that the guard of this very folder would not accept, and no
 * guard of a release trusts a development key.
 */
public final class SignTree {

    public static final String LIST = "digests";
    public static final String SIGNATURE = "digests.sig";

    private static final String GUARD = "lib/guard.jar";
    private static final String TRUSTED = "io/kepm/guard/trusted.pem";

    /** As {@code signing/scripts/dev-key} names it. */
    private static final String DEVELOPMENT = "KEPM development key";

    private SignTree() {}

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        if (args.length != 4 || !Set.of("dev", "release").contains(args[0])) {
            throw new IllegalArgumentException(
                    "usage: SignTree dev|release FOLDER KEYSTORE PASSWORD-FILE");
        }
        Path root = Path.of(args[1]);
        Files.deleteIfExists(root.resolve(SIGNATURE));
        TrustedSigners packed = packed(root.resolve(GUARD), args[0].equals("release"));
        DigestList list = FileTree.list(root, Set.of(LIST, SIGNATURE));
        byte[] signature = signature(list, Path.of(args[2]), Path.of(args[3]));
        if (new ListVerifier(packed).verify(list.bytes(), signature)
                instanceof ListVerdict.Untrusted untrusted) {
            throw new IllegalStateException(
                    "the guard in `" + GUARD + "` would not start: " + untrusted.reason());
        }
        Files.write(root.resolve(LIST), list.bytes());
        Files.write(root.resolve(SIGNATURE), signature);
    }

    /** Whom the guard that was packed trusts. */
    private static TrustedSigners packed(Path guard, boolean release)
            throws IOException, CertificateException {
        try (ZipFile jar = new ZipFile(guard.toFile())) {
            ZipEntry pem = jar.getEntry(TRUSTED);
            if (pem == null) {
                throw new IllegalStateException("`" + GUARD + "` has no `" + TRUSTED + "`");
            }
            try (InputStream in = jar.getInputStream(pem)) {
                TrustedSigners packed = TrustedSigners.fromPem(in);
                for (X509Certificate each : packed.certificates().values()) {
                    String subject = each.getSubjectX500Principal().getName();
                    if (release && subject.contains(DEVELOPMENT)) {
                        throw new IllegalStateException(
                                "a release trusts no development key: `" + subject + "`");
                    }
                }
                return packed;
            }
        }
    }

    private static byte[] signature(DigestList list, Path store, Path passwordFile)
            throws IOException, GeneralSecurityException {
        char[] password = Files.readString(passwordFile).strip().toCharArray();
        try {
            return signature(list, store, password);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /**
     * ECDSA signs the same bytes differently each time; a signature that was made before is used
     * again, so that the same input gives the same distribution.
     */
    private static byte[] signature(DigestList list, Path store, char[] password)
            throws IOException, GeneralSecurityException {
        ListSigner signer;
        TrustedSigners own;
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            String alias = keys.aliases().nextElement();
            X509Certificate certificate = (X509Certificate) keys.getCertificate(alias);
            signer = new ListSigner((PrivateKey) keys.getKey(alias, password), certificate);
            own = new TrustedSigners(Map.of(Thumbprint.of(certificate), certificate));
        }
        Path known = store.resolveSibling("signatures").resolve(Sha256.of(list.bytes()) + ".sig");
        if (Files.exists(known)) {
            byte[] before = Files.readAllBytes(known);
            if (new ListVerifier(own).verify(list.bytes(), before) instanceof ListVerdict.Trusted) {
                return before;
            }
        }
        byte[] fresh = signer.sign(list).bytes();
        Files.createDirectories(known.resolveSibling(""));
        Files.write(known, fresh);
        return fresh;
    }
}
