package io.kepm.signing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The build's signing step: writes {@code digests} and {@code digests.sig} into a folder. Usage:
 * {@code SignTree FOLDER KEYSTORE PASSWORD-FILE}; the key store is PKCS12 and holds one key.
 */
public final class SignTree {

    public static final String LIST = "digests";
    public static final String SIGNATURE = "digests.sig";

    private SignTree() {}

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        if (args.length != 3) {
            throw new IllegalArgumentException("usage: SignTree FOLDER KEYSTORE PASSWORD-FILE");
        }
        Path root = Path.of(args[0]);
        Path store = Path.of(args[1]);
        DigestList list = FileTree.list(root, Set.of(LIST, SIGNATURE));
        char[] password = Files.readString(Path.of(args[2])).strip().toCharArray();
        try {
            Files.write(root.resolve(LIST), list.bytes());
            Files.write(root.resolve(SIGNATURE), signature(list, store, password));
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
