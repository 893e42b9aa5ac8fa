package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.signing.DetachedVerifier;
import io.kepm.signing.JarVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who signed a program, by {@code FILE.sig} beside it, as a decision would find it.
 *
 * @param signers thumbprints
 * @param unknown why somebody else may have; empty when nobody else has
 */
record SignedOnDisk(List<String> signers, String unknown) {

    private static final long LARGEST = 16L << 20;
    private static final long LARGEST_SIGNATURE = 64L << 10;

    static SignedOnDisk unknown(String why) {
        return new SignedOnDisk(List.of(), why);
    }

    /** Why a decision would not look at the signature. */
    static Optional<String> unfit(Path program, Path signature) throws IOException {
        if (!Files.isRegularFile(signature, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("its signature is no regular file");
        }
        if (Files.size(signature) > LARGEST_SIGNATURE) {
            return Optional.of("its signature is larger than 64 KiB");
        }
        return Files.size(program) > LARGEST
                ? Optional.of("the file is larger than 16 MiB")
                : Optional.empty();
    }

    static SignedOnDisk of(Call call, Path program) {
        Path signature = program.resolveSibling(program.getFileName() + ".sig");
        if (Files.notExists(signature, LinkOption.NOFOLLOW_LINKS)) {
            return new SignedOnDisk(List.of(), "");
        }
        try {
            Optional<String> fault = unfit(program, signature);
            if (fault.isPresent()) {
                return unknown(fault.get());
            }
            JarVerdict verdict =
                    new DetachedVerifier(Trusted.read(call).signers())
                            .verify(
                                    Files.readAllBytes(program),
                                    Files.readAllBytes(signature),
                                    Optional.of(Instant.now()));
            return verdict instanceof JarVerdict.Trusted good
                    ? new SignedOnDisk(List.of(good.signer().hex()), "")
                    : unknown("its signature does not count");
        } catch (IOException | Fault e) {
            return unknown("its signature can't be judged here");
        }
    }
}
