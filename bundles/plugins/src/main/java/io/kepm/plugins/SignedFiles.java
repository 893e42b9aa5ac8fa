package io.kepm.plugins;

import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.FileTrust.Violation;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Programs that a document of root's names on the disk, outside of any package (trust.md §1): only
 * root could have changed them, and {@code FILE.sig} beside each is the signature of somebody
 * trusted. Immutable.
 */
final class SignedFiles {

    /** One is held in memory while it is judged; a larger one belongs into a package. */
    private static final long MOST = 16L << 20;

    private static final String APPROOT = "{approot}/";

    private final Path approot;
    private final FileTrust trust;
    private final Signatures signatures;

    SignedFiles(Path approot, FileTrust trust, Signatures signatures) {
        this.approot = approot;
        this.trust = trust;
        this.signatures = signatures;
    }

    /** What was read, and what is thought of exactly that. */
    record Judged(String name, byte[] content, Signatures.Verdict verdict) {}

    /** Whether a document means a file on the disk, and not one of its package. */
    static boolean isMeant(String code) {
        return code.startsWith("/") || code.startsWith(APPROOT);
    }

    /**
     * Reads a program and judges it.
     *
     * @param code absolute, or from {@code {approot}/}
     * @throws IOException when it is not there, somebody else could have changed it, or it is too
     *     large
     */
    Judged judge(String code) throws IOException {
        Path file =
                code.startsWith(APPROOT)
                        ? approot.resolve(code.substring(APPROOT.length()))
                        : Path.of(code);
        byte[] content = read(file);
        byte[] signature = read(Path.of(file + ".sig"));
        return new Judged(
                String.valueOf(file.getFileName()),
                content,
                signatures.detached(content, signature));
    }

    private byte[] read(Path file) throws IOException {
        List<Violation> violations = trust.check(file);
        Optional<Violation> first = violations.stream().findFirst();
        if (first.isPresent()) {
            throw new IOException(first.get().detail() + ": " + first.get().repair());
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no file `" + file + "`");
        }
        if (Files.size(file) > MOST) {
            throw new IOException("`" + file + "` is larger than 16 MiB: make a package of it");
        }
        return Files.readAllBytes(file);
    }
}
