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
import io.kepm.signing.Signers;
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
                            : jar(call, trusted.signers(), bytes);
        } catch (IOException | InvalidPathException e) {
            throw call.usage("plugin.file", given);
        }
        if (verdict instanceof JarVerdict.Trusted good) {
            call.console()
                    .line(
                            call.say(
                                    "trust.good",
                                    good.signer().hex(),
                                    good.sha256(),
                                    good.content()));
            return Exit.OK;
        }
        call.console().line(call.say("trust.bad", reason(verdict)));
        return Exit.FAILED;
    }

    /** A bundle by the rules for bundles, a package with the bundle in it. */
    private static JarVerdict jar(Call call, Signers signers, byte[] bytes) throws Fault {
        JarVerdict verdict =
                new JarVerifier(signers).install(ByteBuffer.wrap(bytes), Instant.now());
        if (!(verdict instanceof JarVerdict.Trusted good)) {
            return verdict;
        }
        Optional<String> fault =
                good.headers().containsKey("bundle-symbolicname")
                        ? ruled(call, good)
                        : packed(call, signers, bytes);
        return fault.isEmpty()
                ? good
                : new JarVerdict.Refused(fault.get(), good.sha256(), good.signer().hex());
    }

    private static Optional<String> packed(Call call, Signers signers, byte[] kpk) throws Fault {
        try {
            Optional<byte[]> bundle = PackedBundle.of(kpk);
            if (bundle.isEmpty()) {
                return Optional.empty();
            }
            JarVerdict verdict =
                    new JarVerifier(signers).install(ByteBuffer.wrap(bundle.get()), Instant.now());
            Optional<String> fault =
                    verdict instanceof JarVerdict.Trusted good
                            ? ruled(call, good)
                            : Optional.of(reason(verdict));
            return fault.map(why -> "the bundle in it: " + why);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static String reason(JarVerdict verdict) {
        return verdict instanceof JarVerdict.Refused bad ? bad.reason() : "it was not judged";
    }

    /** What no bundle may say of itself, whoever signed it. */
    private static Optional<String> ruled(Call call, JarVerdict.Trusted good) throws Fault {
        Path lib = Trusted.approot(call).resolve("../lib").normalize();
        try (Stream<Path> files = Files.walk(lib)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
            return PluginRules.fault(good.headers(), Shipped.of(jars));
        } catch (IOException | UncheckedIOException e) {
            throw call.failed("trust.unreadable", String.valueOf(e.getMessage()));
        }
    }
}
