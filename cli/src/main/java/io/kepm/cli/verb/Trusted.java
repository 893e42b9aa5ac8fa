package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import io.kepm.signing.RevocationList;
import io.kepm.signing.RevocationVerdict;
import io.kepm.signing.RevocationVerifier;
import io.kepm.signing.Signers;
import io.kepm.signing.TrustedSigners;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Whom the agent of this machine trusts, read from its files: needs no agent.
 *
 * @param builtIn thumbprints of the certificates in the guard
 * @param alternative those of {@code AlternativeSignatures}
 * @param held the signed list of what was taken back, the one that the guard keeps or a newer one
 *     beside the settings; its entries are in {@code revoked} too
 */
record Trusted(
        List<String> builtIn, List<String> alternative, Set<String> revoked, RevocationList held) {

    /** Beside the settings; the signature has {@code .sig} behind it. */
    static final String LIST = "revocations";

    private static final String CERTIFICATES = "io/kepm/guard/trusted.pem";
    private static final String REVOKED = "io/kepm/guard/revoked";

    /** For root and the administrators' group, who may read these files. */
    static Trusted read(Call call) throws Fault {
        Path approot = approot(call);
        Path guard = approot.resolve("../lib/lib/guard.jar").normalize();
        try (ZipFile jar = new ZipFile(guard.toFile())) {
            Set<String> revoked = new LinkedHashSet<>();
            ZipEntry list = jar.getEntry(REVOKED);
            if (list != null) {
                try (InputStream in = jar.getInputStream(list)) {
                    revoked.addAll(
                            Signers.lines(
                                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                            .lines()
                                            .toList()));
                }
            }
            Path more = approot.resolve("revoked");
            if (Files.exists(more)) {
                revoked.addAll(Signers.lines(Files.readAllLines(more)));
            }
            List<String> builtIn = builtIn(jar);
            RevocationList kept = kept(call.world().revocations());
            revoked.addAll(kept.revoked());
            RevocationList held = newer(approot, new Signers(Set.copyOf(builtIn), revoked), kept);
            revoked.addAll(held.revoked());
            return new Trusted(builtIn, alternative(approot), revoked, held);
        } catch (IOException | CertificateException e) {
            throw call.failed("trust.unreadable", String.valueOf(e.getMessage()));
        }
    }

    static Path approot(Call call) {
        return call.world().policies().resolveSibling("");
    }

    /** It stays in force whatever becomes of the one beside the settings; the guard judged it. */
    private static RevocationList kept(Path file) throws IOException {
        if (!Files.exists(file)) {
            return RevocationList.NONE;
        }
        try {
            return RevocationList.read(Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new IOException("`" + file + "`: " + e.getMessage(), e);
        }
    }

    private static RevocationList newer(Path approot, Signers release, RevocationList kept)
            throws IOException {
        Path list = approot.resolve(LIST);
        if (!Files.exists(list)) {
            return kept;
        }
        RevocationVerdict verdict =
                new RevocationVerifier(release)
                        .verify(
                                Files.readAllBytes(list),
                                Files.readAllBytes(approot.resolve(LIST + ".sig")),
                                kept);
        return verdict instanceof RevocationVerdict.InForce accepted ? accepted.list() : kept;
    }

    private static List<String> builtIn(ZipFile jar) throws IOException, CertificateException {
        ZipEntry entry = jar.getEntry(CERTIFICATES);
        if (entry == null) {
            return List.of();
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return TrustedSigners.fromPem(in).thumbprints();
        }
    }

    private static List<String> alternative(Path approot) throws IOException {
        Json settings = JsonReader.read(Files.readAllBytes(approot.resolve("appsettings.json")));
        return settings.at("Settings").at("AlternativeSignatures").texts().stream()
                .map(Signers::plain)
                .filter(Signers::isThumbprint)
                .toList();
    }

    /** Those who speak for all machines. */
    Signers release() {
        return new Signers(Set.copyOf(builtIn), revoked);
    }

    Signers signers() {
        Set<String> all = new LinkedHashSet<>(builtIn);
        all.addAll(alternative);
        return new Signers(all, revoked);
    }
}
