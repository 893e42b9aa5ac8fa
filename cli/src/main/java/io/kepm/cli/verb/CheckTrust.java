package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.signing.DetachedVerifier;
import io.kepm.signing.JarVerdict;
import io.kepm.signing.JarVerifier;
import io.kepm.signing.PluginRules;
import io.kepm.signing.Shipped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
            Optional<String> fault = ruled(call, good);
            if (fault.isPresent()) {
                call.console().line(call.say("trust.bad", fault.get()));
                return Exit.FAILED;
            }
            call.console()
                    .line(
                            call.say(
                                    "trust.good",
                                    good.signer().hex(),
                                    good.sha256(),
                                    good.content()));
            return Exit.OK;
        }
        String reason =
                verdict instanceof JarVerdict.Refused bad ? bad.reason() : "it was not judged";
        call.console().line(call.say("trust.bad", reason));
        return Exit.FAILED;
    }

    /** What no bundle may say of itself, whoever signed it. A package is none. */
    private static Optional<String> ruled(Call call, JarVerdict.Trusted good) throws Fault {
        if (!good.headers().containsKey("bundle-symbolicname")) {
            return Optional.empty();
        }
        Path lib = Trusted.approot(call).resolve("../lib").normalize();
        try (Stream<Path> files = Files.walk(lib)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
            return PluginRules.fault(good.headers(), Shipped.of(jars));
        } catch (IOException | UncheckedIOException e) {
            throw call.failed("trust.unreadable", String.valueOf(e.getMessage()));
        }
    }
}
