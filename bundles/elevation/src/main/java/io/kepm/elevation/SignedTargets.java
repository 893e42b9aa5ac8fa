package io.kepm.elevation;

import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Programs with who signed them: {@code FILE.sig} beside the program, by somebody whom the machine
 * trusts (trust.md §1). Looked for only where nobody but root can have changed anything, and only
 * for the bytes whose digest is known; so the program that policy judged is the one that was
 * signed. INVARIANT: nobody signed it only where no signature is; whatever else is amiss means that
 * the signer is not known, which gives nobody anything and takes no limit away. For many threads;
 * one program at a time is in memory.
 */
final class SignedTargets implements Targets {

    private static final long LARGEST = 16L << 20;
    private static final long LARGEST_SIGNATURE = 64L << 10;

    private final Targets files;
    private final Signatures signatures;

    SignedTargets(Targets files, Signatures signatures) {
        this.files = files;
        this.signatures = signatures;
    }

    @Override
    public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
        return signed(files.inspect(path, descriptor));
    }

    @Override
    public Facts foresee(String path) {
        return signed(files.foresee(path));
    }

    private Facts signed(Facts facts) {
        if (!facts.unsafe().isEmpty()) {
            return facts.signedByWhomever("somebody else could have changed the file");
        }
        try {
            Path signature = Path.of(facts.realPath() + ".sig");
            return Files.notExists(signature, LinkOption.NOFOLLOW_LINKS)
                    ? facts.signedBy(List.of())
                    : judged(facts, signature);
        } catch (IOException | InvalidPathException e) {
            return facts.signedByWhomever("it can't be read: " + e.getMessage());
        }
    }

    private synchronized Facts judged(Facts facts, Path signature) throws IOException {
        Path program = Path.of(facts.realPath());
        if (facts.sha256().isEmpty()) {
            return facts.signedByWhomever("the file that will run was not read");
        }
        if (!Files.isRegularFile(signature, LinkOption.NOFOLLOW_LINKS)) {
            return facts.signedByWhomever("its signature is no regular file");
        }
        if (Files.size(signature) > LARGEST_SIGNATURE) {
            return facts.signedByWhomever("its signature is larger than 64 KiB");
        }
        if (Files.size(program) > LARGEST) {
            return facts.signedByWhomever("the file is larger than 16 MiB");
        }
        Signatures.Verdict verdict =
                signatures.detached(Files.readAllBytes(program), Files.readAllBytes(signature));
        if (!verdict.isGood()) {
            return facts.signedByWhomever("its signature does not count: " + verdict.fault());
        }
        return facts.sha256().equals(Optional.of(verdict.sha256()))
                ? facts.signedBy(List.of(verdict.signer()))
                : facts.signedByWhomever("the file changed while it was looked at");
    }

    @Override
    public List<Optional<String>> resolve(List<String> arguments, String cwd) {
        return files.resolve(arguments, cwd);
    }

    @Override
    public Opened open(String word) throws IOException {
        return files.open(word);
    }

    @Override
    public String folder(int pid) throws IOException {
        return files.folder(pid);
    }

    @Override
    public String hostname() {
        return files.hostname();
    }
}
