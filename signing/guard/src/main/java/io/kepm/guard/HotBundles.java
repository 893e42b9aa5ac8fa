package io.kepm.guard;

import io.kepm.signing.DetachedVerifier;
import io.kepm.signing.JarVerdict;
import io.kepm.signing.JarVerifier;
import io.kepm.signing.PluginRules;
import io.kepm.signing.Shipped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Judges what is not shipped: signed bundles and packages. What was once let in is judged without
 * the clock. Safe for use by many threads.
 */
public class HotBundles {

    static final String NOT_LISTED = "its digest is not in the signed digest list, and ";

    private final SignerBook book;
    private final Admissions admissions;
    private final Names shipped;
    private final InstantSource clock;

    /** The names of the distribution, read when the first bundle asks. */
    @FunctionalInterface
    interface Names {
        Shipped read() throws IOException;
    }

    HotBundles(SignerBook book, Admissions admissions, Names shipped, InstantSource clock) {
        this.book = book;
        this.admissions = admissions;
        this.shipped = shipped;
        this.clock = clock;
    }

    /**
     * The answer about one file.
     *
     * @param signer thumbprint, as far as it is known
     * @param fault empty when it may come in
     * @param symbolicName of a bundle
     * @param version as the bundle says it; empty when it says none
     */
    record Finding(
            String sha256, String signer, String fault, String symbolicName, String version) {

        Finding(String sha256, String signer, String fault, String symbolicName) {
            this(sha256, signer, fault, symbolicName, "");
        }

        boolean isGood() {
            return fault.isEmpty();
        }
    }

    /** Judges a bundle, and remembers it when it may come in. */
    Finding bundle(ByteBuffer jar) {
        JarVerdict verdict = verdict(jar);
        if (!(verdict instanceof JarVerdict.Trusted trusted)) {
            return finding(verdict);
        }
        String signer = trusted.signer().hex();
        String name =
                trusted.headers().getOrDefault("bundle-symbolicname", "").split(";", 2)[0].strip();
        try {
            Optional<String> fault = PluginRules.fault(trusted.headers(), shipped.read());
            if (fault.isEmpty()) {
                admissions.add(trusted.sha256(), signer);
            }
            String version = trusted.headers().getOrDefault("bundle-version", "").strip();
            return new Finding(trusted.sha256(), signer, fault.orElse(""), name, version);
        } catch (IOException e) {
            return new Finding(
                    trusted.sha256(), signer, "the shipped bundles cannot be read: " + e, name);
        }
    }

    /** Judges a package that is no bundle, and remembers it when it is good. */
    Finding pack(ByteBuffer jar) {
        JarVerdict verdict = verdict(jar);
        if (verdict instanceof JarVerdict.Trusted trusted) {
            admissions.add(trusted.sha256(), trusted.signer().hex());
        }
        return finding(verdict);
    }

    /** Whether a file that was once let in may still run. */
    Finding again(ByteBuffer jar) {
        Finding finding = finding(verdict(jar));
        return finding.isGood() && admissions.signer(finding.sha256()).isEmpty()
                ? new Finding(finding.sha256(), finding.signer(), "it was never let in", "")
                : finding;
    }

    /**
     * Whether a bundle that the framework kept may be loaded: let in once, as a bundle or within a
     * package, and one that the rules of plugins allow. A package alone is no bundle.
     */
    Finding cached(ByteBuffer jar) {
        Finding finding = again(jar);
        return finding.isGood() ? ruled(jar, finding) : finding;
    }

    private Finding ruled(ByteBuffer jar, Finding finding) {
        String fault = "it could not be judged";
        if (verdict(jar) instanceof JarVerdict.Trusted trusted) {
            try {
                fault = PluginRules.fault(trusted.headers(), shipped.read()).orElse("");
            } catch (IOException e) {
                fault = "the shipped bundles cannot be read: " + e;
            }
        }
        return new Finding(finding.sha256(), finding.signer(), fault, finding.symbolicName());
    }

    /** Whether a file, or the signer on whose word it came in, was taken back. */
    Optional<String> revoked(String sha256) {
        if (book.signers().revokes(sha256)) {
            return Optional.of("this very file was revoked");
        }
        return admissions
                .signer(sha256)
                .filter(signer -> book.signers().revokes(signer))
                .map(signer -> "signer `" + signer + "` was revoked");
    }

    /** Judges a file by the signature beside it, and remembers it when it is good. */
    Finding file(byte[] file, byte[] signature) {
        DetachedVerifier verifier = new DetachedVerifier(book.signers());
        JarVerdict verdict =
                lasting(
                        verifier.verify(file, signature, Optional.empty()),
                        () -> verifier.verify(file, signature, Optional.of(clock.instant())));
        if (verdict instanceof JarVerdict.Trusted trusted) {
            admissions.add(trusted.sha256(), trusted.signer().hex());
        }
        return finding(verdict);
    }

    private JarVerdict verdict(ByteBuffer jar) {
        JarVerifier verifier = new JarVerifier(book.signers());
        return lasting(verifier.again(jar), () -> verifier.install(jar, clock.instant()));
    }

    /** INVARIANT: the clock plays no part for what was once let in on the same signer's word. */
    private JarVerdict lasting(JarVerdict timeless, Supplier<JarVerdict> now) {
        if (!(timeless instanceof JarVerdict.Trusted trusted)) {
            return timeless;
        }
        String signer = trusted.signer().hex();
        Optional<String> fault = book.fault();
        if (fault.isPresent()) {
            return new JarVerdict.Refused(fault.get(), trusted.sha256(), signer);
        }
        boolean known = admissions.signer(trusted.sha256()).equals(Optional.of(signer));
        return known ? timeless : now.get();
    }

    private static Finding finding(JarVerdict verdict) {
        if (verdict instanceof JarVerdict.Trusted trusted) {
            return new Finding(trusted.sha256(), trusted.signer().hex(), "", "");
        }
        if (verdict instanceof JarVerdict.Refused refused) {
            return new Finding(refused.sha256(), refused.signer(), refused.reason(), "");
        }
        return new Finding("", "", "it could not be judged", "");
    }
}
