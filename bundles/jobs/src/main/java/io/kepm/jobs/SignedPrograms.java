package io.kepm.jobs;

import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The signatures that tasks ask for (trust.md §1): {@code FILE.sig} beside the program, of somebody
 * trusted. Only root can have changed either of them, so what was judged is what is launched. Safe
 * for use by many threads; one program at a time is in memory.
 */
final class SignedPrograms {

    private static final long MOST = 16L << 20;

    private final FileTrust trust;
    private final Signatures signatures;

    SignedPrograms(FileTrust trust, Signatures signatures) {
        this.trust = trust;
        this.signatures = signatures;
    }

    /**
     * Returns when a program may run.
     *
     * @throws IOException why it may not
     */
    synchronized void check(Path program) throws IOException {
        byte[] content = read(program);
        Signatures.Verdict verdict = signatures.detached(content, read(Path.of(program + ".sig")));
        if (!verdict.isGood()) {
            throw new IOException("`" + program + "`: its signature: " + verdict.fault());
        }
    }

    private byte[] read(Path file) throws IOException {
        List<FileTrust.Violation> violations = trust.check(file);
        if (!violations.isEmpty()) {
            throw new IOException(violations.get(0).detail() + ": " + violations.get(0).repair());
        }
        if (!Files.isRegularFile(file) || Files.size(file) > MOST) {
            throw new IOException("`" + file + "` is not there, or is larger than 16 MiB");
        }
        return Files.readAllBytes(file);
    }
}
