package io.kepm.https;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Certificates and keys out of the bytes of files. Nothing of a key is in what it says. */
final class CertificateFiles {

    private static final int MOST = 16;
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private CertificateFiles() {}

    /**
     * Out of PEM.
     *
     * @param password of an encrypted key; empty when there is none
     */
    static ServerCertificate pem(byte[] certificates, byte[] key, char[] password, Instant now)
            throws UnusableCertificate {
        List<X509Certificate> chain = new ArrayList<>();
        for (Object part : parts(certificates)) {
            if (part instanceof X509CertificateHolder holder) {
                try {
                    chain.add(new JcaX509CertificateConverter().getCertificate(holder));
                } catch (GeneralSecurityException e) {
                    throw new UnusableCertificate("a certificate in the file can't be read", e);
                }
            }
        }
        return CertificateRules.usable(key(parts(key), password), chain, now);
    }

    private static PrivateKey key(List<Object> parts, char[] password) throws UnusableCertificate {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        try {
            for (Object part : parts) {
                if (part instanceof PrivateKeyInfo info) {
                    return converter.getPrivateKey(info);
                }
                if (part instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (part instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
                    return converter.getPrivateKey(decrypted(encrypted, password));
                }
            }
        } catch (PEMException e) {
            throw new UnusableCertificate("the private key can't be read", e);
        }
        throw new UnusableCertificate(
                "the file has no private key in PEM that can be read; PKCS#8 can");
    }

    private static PrivateKeyInfo decrypted(PKCS8EncryptedPrivateKeyInfo encrypted, char[] password)
            throws UnusableCertificate {
        if (password.length == 0) {
            throw new UnusableCertificate(
                    "the private key is encrypted: name the credential with its password in"
                            + " `Settings/Certificate/Credential`");
        }
        PBEKeySpec secret = new PBEKeySpec(password);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted.getEncoded());
            if (!info.getAlgName().equals(PBES2) && !info.getAlgName().equals("PBES2")) {
                throw new UnusableCertificate(
                        "the private key is encrypted in an old way: use PBES2, as `openssl pkcs8"
                                + " -topk8` does");
            }
            // The JDK's name of the algorithm stands in its parameters.
            String algorithm = info.getAlgParameters().toString();
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
                    info.getAlgParameters());
            return PrivateKeyInfo.getInstance(info.getKeySpec(cipher).getEncoded());
        } catch (IOException | GeneralSecurityException e) {
            throw new UnusableCertificate(
                    "the private key can't be decrypted: its password is another", e);
        } finally {
            secret.clearPassword();
        }
    }

    private static List<Object> parts(byte[] pem) throws UnusableCertificate {
        List<Object> parts = new ArrayList<>();
        try (PEMParser parser =
                new PEMParser(
                        new InputStreamReader(
                                new ByteArrayInputStream(pem), StandardCharsets.US_ASCII))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                if (parts.size() == MOST) {
                    throw new UnusableCertificate("the file has more than " + MOST + " parts");
                }
                parts.add(part);
            }
        } catch (IOException | RuntimeException e) {
            throw new UnusableCertificate("the file is no PEM", e);
        }
        return parts;
    }

    /** Out of PKCS#12: its one entry with a key. */
    static ServerCertificate pkcs12(byte[] store, char[] password, Instant now)
            throws UnusableCertificate {
        try {
            KeyStore entries = KeyStore.getInstance("PKCS12");
            entries.load(new ByteArrayInputStream(store), password);
            List<String> keys = new ArrayList<>();
            for (String alias : Collections.list(entries.aliases())) {
                if (entries.isKeyEntry(alias)) {
                    keys.add(alias);
                }
            }
            if (keys.size() != 1) {
                throw new UnusableCertificate(
                        "the file has " + keys.size() + " private keys; one is wanted");
            }
            Key key = entries.getKey(keys.get(0), password);
            if (!(key instanceof PrivateKey secret)) {
                throw new UnusableCertificate("the file has no private key");
            }
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : entries.getCertificateChain(keys.get(0))) {
                chain.add((X509Certificate) certificate);
            }
            return CertificateRules.usable(secret, chain, now);
        } catch (IOException | GeneralSecurityException e) {
            throw new UnusableCertificate(
                    "the file is no PKCS#12 that its password opens"
                            + (password.length == 0
                                    ? ": name the credential in `Settings/Certificate/Credential`"
                                    : ""),
                    e);
        }
    }
}
