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
 * signed. Whatever is amiss means no signer, which gives nobody anything. For many threads; one
 * program at a time is in memory.
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
        if (facts.sha256().isEmpty() || !facts.unsafe().isEmpty()) {
            return facts;
        }
        try {
            Path signature = Path.of(facts.realPath() + ".sig");
            return Files.isRegularFile(signature, LinkOption.NOFOLLOW_LINKS)
                    ? facts.signedBy(signers(facts, signature))
                    : facts;
        } catch (IOException | InvalidPathException e) {
            return facts;
        }
    }

    private synchronized List<String> signers(Facts facts, Path signature) throws IOException {
        Path program = Path.of(facts.realPath());
        if (Files.size(signature) > LARGEST_SIGNATURE || Files.size(program) > LARGEST) {
            return List.of();
        }
        Signatures.Verdict verdict =
                signatures.detached(Files.readAllBytes(program), Files.readAllBytes(signature));
        boolean same = facts.sha256().equals(Optional.of(verdict.sha256()));
        return verdict.isGood() && same ? List.of(verdict.signer()) : List.of();
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
