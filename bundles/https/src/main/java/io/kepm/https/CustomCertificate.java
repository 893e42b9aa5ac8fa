package io.kepm.https;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A certificate that an administrator gives, in files: PEM, the key in the same file or in another,
 * or PKCS#12. Only root may have been able to change the files, and only root may read the key.
 *
 * @param file the certificate, its issuers after it
 * @param keyFile its key; the same file when there is no other
 * @param credential name of the systemd credential with the password; empty when there is none
 * @param credentials {@code $CREDENTIALS_DIRECTORY}
 */
record CustomCertificate(
        Path file, Path keyFile, String credential, Optional<Path> credentials, FileTrust trust) {

    private static final int LARGEST = 256 << 10;
    private static final int OTHERS_MAY = 077;

    /** What the settings name; empty when they name none. */
    static Optional<CustomCertificate> of(
            Settings settings, Optional<Path> credentials, FileTrust trust) {
        String file = settings.get(CoreSettings.CERTIFICATE_FILE);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        String key = settings.get(CoreSettings.CERTIFICATE_KEY_FILE);
        try {
            return Optional.of(
                    new CustomCertificate(
                            Path.of(file),
                            Path.of(key.isEmpty() ? file : key),
                            settings.get(CoreSettings.CERTIFICATE_CREDENTIAL),
                            credentials,
                            trust));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("`Settings/Certificate` names no path", e);
        }
    }

    /** Changes when one of the files does. */
    String stamp() {
        return stamp(file) + " " + stamp(keyFile);
    }

    /**
     * Reads and judges it.
     *
     * @throws UnusableCertificate when it can't be shown
     */
    ServerCertificate read(Instant now) throws UnusableCertificate {
        byte[] certificate = bytes(file, false);
        byte[] key = keyFile.equals(file) ? certificate : bytes(keyFile, true);
        char[] password = CertificatePassword.read(credentials, credential);
        try {
            if (isPkcs12()) {
                requireSecret(file);
                return CertificateFiles.pkcs12(certificate, password, now);
            }
            if (keyFile.equals(file)) {
                requireSecret(file);
            }
            return CertificateFiles.pem(certificate, key, password, now);
        } finally {
            Arrays.fill(password, '\0');
            Arrays.fill(key, (byte) 0);
        }
    }

    private boolean isPkcs12() {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".p12") || name.endsWith(".pfx");
    }

    private byte[] bytes(Path path, boolean secret) throws UnusableCertificate {
        if (!path.isAbsolute()) {
            throw new UnusableCertificate("`" + path + "` is no absolute path");
        }
        List<FileTrust.Violation> violations = trust.check(path);
        if (!violations.isEmpty()) {
            FileTrust.Violation first = violations.get(0);
            throw new UnusableCertificate(
                    "`%s`: %s: repair it with `%s`"
                            .formatted(first.path(), first.detail(), first.repair()));
        }
        if (secret) {
            requireSecret(path);
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new UnusableCertificate("`" + path + "` is larger than 256 KiB");
            }
            return bytes;
        } catch (IOException e) {
            throw new UnusableCertificate("`" + path + "` can't be read", e);
        }
    }

    private static void requireSecret(Path path) throws UnusableCertificate {
        try {
            if (((int) Files.getAttribute(path, "unix:mode") & OTHERS_MAY) != 0) {
                throw new UnusableCertificate(
                        "others may read the key in `%s`: repair it with `chmod 600 %s`"
                                .formatted(path, path));
            }
        } catch (IOException e) {
            throw new UnusableCertificate("`" + path + "` can't be read", e);
        }
    }

    private static String stamp(Path path) {
        try {
            return Files.readAttributes(path, "unix:ino,size,lastModifiedTime,ctime").toString();
        } catch (IOException e) {
            return "absent";
        }
    }
}
