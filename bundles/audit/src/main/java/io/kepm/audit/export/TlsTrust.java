package io.kepm.audit.export;

import io.kepm.audit.export.Address.Trust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** What TLS trusts and shows, read from PEM files that only root can have written. */
final class TlsTrust {

    private static final int LARGEST = 1 << 20;
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";

    private TlsTrust() {}

    /**
     * The context of an export's connections. It does not check host names: whoever connects asks
     * for that.
     *
     * @throws IOException when a file can't be used; its text says which and why
     */
    static SSLContext context(Trust trust) throws IOException {
        try {
            TrustManagerFactory trusted =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            // Without a store of our own, this reads the one of the system's Java.
            trusted.init(trust.ca().isPresent() ? authorities(trust.ca().get()) : null);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(ownKey(trust), trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS can't be set up: " + e.getMessage(), e);
        }
    }

    private static KeyStore authorities(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        int count = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("ca" + count++, certificate);
        }
        return store;
    }

    private static KeyManager[] ownKey(Trust trust) throws IOException, GeneralSecurityException {
        if (trust.cert().isEmpty() || trust.key().isEmpty()) {
            return new KeyManager[0];
        }
        KeyStore store = empty();
        char[] none = new char[0];
        Certificate[] chain = certificates(trust.cert().get()).toArray(new Certificate[0]);
        store.setKeyEntry("own", privateKey(trust.key().get()), none, chain);
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, none);
        return managers.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        byte[] content = read(file, OwnedFile.READABLE);
        try {
            List<Certificate> certificates =
                    List.copyOf(
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificates(new ByteArrayInputStream(content)));
            if (certificates.isEmpty()) {
                throw new IOException("`" + file + "` holds no certificate");
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IOException("`" + file + "` holds no certificates in PEM", e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        byte[] content = read(file, OwnedFile.SECRET);
        String text = new String(content, StandardCharsets.US_ASCII);
        Arrays.fill(content, (byte) 0);
        int begin = text.indexOf(KEY_BEGIN);
        int end = text.indexOf(KEY_END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    "`" + file + "` holds no private key: PKCS#8 in PEM, unencrypted, is allowed");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
        } catch (IllegalArgumentException e) {
            throw new IOException("`" + file + "` is no PEM", e);
        }
        try {
            for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
                Optional<PrivateKey> key = decoded(algorithm, der);
                if (key.isPresent()) {
                    return key.get();
                }
            }
        } finally {
            Arrays.fill(der, (byte) 0);
        }
        throw new IOException("`" + file + "`: EC, RSA and Ed25519 keys are allowed");
    }

    private static Optional<PrivateKey> decoded(String algorithm, byte[] der)
            throws GeneralSecurityException {
        try {
            return Optional.of(
                    KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (InvalidKeySpecException e) {
            // Of another kind.
            return Optional.empty();
        }
    }

    private static byte[] read(Path file, int forbidden) throws IOException {
        OwnedFile.of(file, forbidden);
        if (Files.size(file) > LARGEST) {
            throw new IOException("`" + file + "` is larger than 1 MiB");
        }
        return Files.readAllBytes(file);
    }
}
