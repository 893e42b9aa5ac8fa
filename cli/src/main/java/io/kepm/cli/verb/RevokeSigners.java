package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.signing.RevocationVerdict;
import io.kepm.signing.RevocationVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * {@code kepm trust revoke}: puts a signed list of what was taken back in place, where the guard of
 * the running agent finds it, judges it itself, and keeps it.
 */
public final class RevokeSigners implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        byte[] text;
        byte[] signature;
        try {
            text = Files.readAllBytes(Path.of(given));
            signature = Files.readAllBytes(Path.of(given + ".sig"));
        } catch (IOException | InvalidPathException e) {
            throw call.usage("trust.revoke.file", given);
        }
        Trusted trusted = Trusted.read(call);
        RevocationVerdict verdict =
                new RevocationVerifier(trusted.release()).verify(text, signature, trusted.held());
        if (!(verdict instanceof RevocationVerdict.InForce accepted)) {
            String reason =
                    verdict instanceof RevocationVerdict.Refused refused ? refused.reason() : "";
            call.console().line(call.say("trust.bad", reason));
            return Exit.FAILED;
        }
        try {
            // The list last: until it is there, nobody looks at the signature.
            Path approot = Trusted.approot(call);
            put(signature, approot.resolve(Trusted.LIST + ".sig"));
            put(text, approot.resolve(Trusted.LIST));
        } catch (IOException e) {
            throw call.failed("trust.revoke.unwritten", String.valueOf(e.getMessage()));
        }
        call.console()
                .line(
                        call.say(
                                "trust.inforce",
                                Long.toString(accepted.list().revision()),
                                Integer.toString(accepted.list().revoked().size())));
        return Exit.OK;
    }

    private static void put(byte[] content, Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.write(fresh, content);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r-----"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
