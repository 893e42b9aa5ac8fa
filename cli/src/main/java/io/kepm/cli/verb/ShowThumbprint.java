package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.signing.JarVerdict;
import io.kepm.signing.JarVerifier;
import io.kepm.signing.Signers;
import io.kepm.signing.TrustedSigners;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** {@code kepm trust thumbprint}: of the certificates in a file, or of who signed a jar. */
public final class ShowThumbprint implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        try {
            byte[] bytes = Files.readAllBytes(Path.of(given));
            List<String> found =
                    bytes.length > 2 && bytes[0] == 'P' && bytes[1] == 'K'
                            ? signer(bytes)
                            : TrustedSigners.fromPem(new ByteArrayInputStream(bytes)).thumbprints();
            if (found.isEmpty()) {
                throw call.failed("trust.nothumbprint", given);
            }
            found.forEach(each -> call.console().line(each));
            return Exit.OK;
        } catch (IOException | InvalidPathException | CertificateException e) {
            throw call.usage("plugin.file", given);
        }
    }

    /** Nobody is trusted here, so that the refusal names who signed. */
    private static List<String> signer(byte[] jar) {
        JarVerdict verdict =
                new JarVerifier(new Signers(Set.of(), Set.of()))
                        .install(ByteBuffer.wrap(jar), Instant.now());
        return verdict instanceof JarVerdict.Refused refused && !refused.signer().isEmpty()
                ? List.of(refused.signer())
                : List.of();
    }
}
