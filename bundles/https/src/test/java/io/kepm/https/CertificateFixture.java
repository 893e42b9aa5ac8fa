package io.kepm.https;

import io.kepm.api.trust.FileTrust;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates as an administrator would give them, in a folder of a test. */
record CertificateFixture(Path folder) {

    static final FileTrust TRUSTED = path -> List.of();
    static final String PASSWORD = "correct horse";

    private static final AtomicLong WRITTEN = new AtomicLong();

    Path file() {
        return folder.resolve("door.crt");
    }

    Path keyFile() {
        return folder.resolve("door.key");
    }

    CustomCertificate pair() {
        return new CustomCertificate(file(), keyFile(), "", Optional.empty(), TRUSTED);
    }

    CustomCertificate pairWithPassword() throws Exception {
        Files.writeString(folder.resolve("door-password"), PASSWORD + "\n");
        return new CustomCertificate(
                file(), keyFile(), "door-password", Optional.of(folder), TRUSTED);
    }

    static ServerCertificate rsa(Instant from, Duration life, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=door.example");
        return new ServerCertificate(
                pair.getPrivate(),
                List.of(
                        new JcaX509CertificateConverter()
                                .getCertificate(
                                        new JcaX509v3CertificateBuilder(
                                                        name,
                                                        BigInteger.valueOf(System.nanoTime()),
                                                        Date.from(from),
                                                        Date.from(from.plus(life)),
                                                        name,
                                                        pair.getPublic())
                                                .build(
                                                        new JcaContentSignerBuilder("SHA256withRSA")
                                                                .build(pair.getPrivate())))));
    }

    void write(ServerCertificate certificate) throws Exception {
        write(certificate, certificate.key());
    }

    void write(ServerCertificate certificate, PrivateKey key) throws Exception {
        Files.writeString(file(), certificate.pem());
        secret(
                keyFile(),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        // A file system may give one time to all that is written within some milliseconds.
        FileTime time = FileTime.fromMillis(1_000L * WRITTEN.incrementAndGet());
        Files.setLastModifiedTime(file(), time);
        Files.setLastModifiedTime(keyFile(), time);
    }

    void writeEncrypted(ServerCertificate certificate) throws Exception {
        Files.writeString(file(), certificate.pem());
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(
                    new JcaPKCS8Generator(
                            certificate.key(),
                            new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                                    .setProvider(new BouncyCastleProvider())
                                    .setPassword(PASSWORD.toCharArray())
                                    .build()));
        }
        secret(keyFile(), text.toString());
    }

    CustomCertificate pkcs12(ServerCertificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null);
        store.setKeyEntry(
                "door",
                certificate.key(),
                PASSWORD.toCharArray(),
                certificate.chain().toArray(Certificate[]::new));
        Path file = folder.resolve("door.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(folder.resolve("door-password"), PASSWORD);
        return new CustomCertificate(file, file, "door-password", Optional.of(folder), TRUSTED);
    }

    private static void secret(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
