package io.kepm.guard;

import io.kepm.signing.Signers;
import io.kepm.signing.TrustedSigners;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose bundles are let in while this agent runs. What is trusted is read once; what was taken back
 * can only grow. Safe for use by many threads.
 */
final class SignerBook {

    private final Revocations revocations;
    private final List<String> builtIn;
    private final AlternativeSignatures alternative;
    private final Set<String> trusted;
    private volatile Revocations.Known known;

    SignerBook(Revocations revocations, List<String> builtIn, AlternativeSignatures alternative) {
        this.revocations = revocations;
        this.builtIn = List.copyOf(builtIn);
        this.alternative = alternative;
        trusted = new LinkedHashSet<>(builtIn);
        trusted.addAll(alternative.thumbprints());
        known = revocations.read();
    }

    /** As this guard was built, and as the root-owned settings say. */
    static SignerBook of(Installation installation, RootOwned ownership) {
        try (InputStream pem = SignerBook.class.getResourceAsStream("trusted.pem")) {
            List<String> builtIn =
                    pem == null ? List.of() : TrustedSigners.fromPem(pem).thumbprints();
            return new SignerBook(
                    new Revocations(
                            installation.approot(),
                            installation.state().resolve("revocations"),
                            builtIn,
                            Signers.lines(resource("revoked").lines().toList()),
                            ownership),
                    builtIn,
                    AlternativeSignatures.read(
                            installation.approot().resolve("appsettings.json"), ownership));
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException("framework guard: its certificates: " + e, e);
        }
    }

    Signers signers() {
        return new Signers(trusted, known.revoked());
    }

    List<String> builtIn() {
        return builtIn;
    }

    AlternativeSignatures alternative() {
        return alternative;
    }

    /** What people should know about who is trusted and what was taken back. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>(alternative.warnings());
        warnings.addAll(known.warnings());
        fault().ifPresent(warnings::add);
        return warnings;
    }

    /** Why nobody is believed now; empty when it is known what was taken back. */
    Optional<String> fault() {
        return known.fault().map(why -> "it is not known what was taken back: " + why);
    }

    /** Reads the lists again; whether what was taken back grew. */
    synchronized boolean readRevoked() {
        int before = known.revoked().size();
        known = revocations.read();
        return known.revoked().size() > before;
    }

    private static String resource(String name) {
        try (InputStream in = SignerBook.class.getResourceAsStream(name)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("framework guard: `" + name + "`: " + e, e);
        }
    }
}
