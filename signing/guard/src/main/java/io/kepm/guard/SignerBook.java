package io.kepm.guard;

import io.kepm.signing.Signers;
import io.kepm.signing.TrustedSigners;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whose bundles are let in while this agent runs. What is trusted is read once; what was taken back
 * can only grow: what is built in, and the lines of {@code revoked} beside the settings. Safe for
 * use by many threads.
 */
final class SignerBook {

    private static final int MAX_BYTES = 1 << 20;

    private final Path revokedFile;
    private final List<String> builtIn;
    private final AlternativeSignatures alternative;
    private volatile Signers signers;

    SignerBook(Path revokedFile, List<String> builtIn, AlternativeSignatures alternative) {
        this.revokedFile = revokedFile;
        this.builtIn = List.copyOf(builtIn);
        this.alternative = alternative;
        Set<String> trusted = new LinkedHashSet<>(builtIn);
        trusted.addAll(alternative.thumbprints());
        signers = new Signers(trusted, Signers.lines(resource("revoked").lines().toList()));
        readRevoked();
    }

    /** As this guard was built, and as the root-owned settings say. */
    static SignerBook of(Installation installation, RootOwned ownership) {
        try (InputStream pem = SignerBook.class.getResourceAsStream("trusted.pem")) {
            List<String> builtIn =
                    pem == null ? List.of() : TrustedSigners.fromPem(pem).thumbprints();
            return new SignerBook(
                    installation.approot().resolve("revoked"),
                    builtIn,
                    AlternativeSignatures.read(
                            installation.approot().resolve("appsettings.json"), ownership));
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException("framework guard: its certificates: " + e, e);
        }
    }

    Signers signers() {
        return signers;
    }

    List<String> builtIn() {
        return builtIn;
    }

    AlternativeSignatures alternative() {
        return alternative;
    }

    /** Reads the list again; whether it grew. A line that was there stays in force. */
    synchronized boolean readRevoked() {
        Set<String> all = new LinkedHashSet<>(signers.revoked());
        try {
            if (Files.isRegularFile(revokedFile, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(revokedFile) <= MAX_BYTES) {
                all.addAll(Signers.lines(Files.readAllLines(revokedFile)));
            }
        } catch (IOException e) {
            System.err.println("guard: `" + revokedFile + "` cannot be read: " + e);
        }
        boolean grew = all.size() > signers.revoked().size();
        signers = new Signers(signers.trusted(), all);
        return grew;
    }

    private static String resource(String name) {
        try (InputStream in = SignerBook.class.getResourceAsStream(name)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("framework guard: `" + name + "`: " + e, e);
        }
    }
}
