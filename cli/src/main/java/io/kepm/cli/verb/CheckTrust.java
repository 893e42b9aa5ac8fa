package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.signing.DetachedVerifier;
import io.kepm.signing.JarVerdict;
import io.kepm.signing.JarVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** {@code kepm trust check}: the judgement of the guard over a file, before it is installed. */
public final class CheckTrust implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        JarVerdict verdict;
        try {
            Path file = Path.of(given);
            Path signature = Path.of(given + ".sig");
            Trusted trusted = Trusted.read(call);
            byte[] bytes = Files.readAllBytes(file);
            verdict =
                    Files.exists(signature)
                            ? new DetachedVerifier(trusted.signers())
                                    .verify(
                                            bytes,
                                            Files.readAllBytes(signature),
                                            Optional.of(Instant.now()))
                            : new JarVerifier(trusted.signers())
                                    .install(ByteBuffer.wrap(bytes), Instant.now());
        } catch (IOException | InvalidPathException e) {
            throw call.usage("plugin.file", given);
        }
        if (verdict instanceof JarVerdict.Trusted good) {
            call.console().line(call.say("trust.good", good.signer().hex(), good.sha256()));
            return Exit.OK;
        }
        String reason =
                verdict instanceof JarVerdict.Refused bad ? bad.reason() : "it was not judged";
        call.console().line(call.say("trust.bad", reason));
        return Exit.FAILED;
    }
}
