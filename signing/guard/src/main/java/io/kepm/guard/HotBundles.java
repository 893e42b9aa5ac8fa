package io.kepm.guard;

import io.kepm.signing.DetachedVerifier;
import io.kepm.signing.JarVerdict;
import io.kepm.signing.JarVerifier;
import io.kepm.signing.PluginRules;
import io.kepm.signing.Shipped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.osgi.framework.Version;

/**
 * Judges what is not shipped: signed bundles and packages. What was once let in is judged without
 * the clock. Safe for use by many threads.
 */
public class HotBundles {

    static final String NOT_LISTED = "its digest is not in the signed digest list, and ";

    private final SignerBook book;
    private final Admissions admissions;
    private final VersionBook versions;
    private final Names shipped;
    private final InstantSource clock;

    /** SHA-256 of each bundle that may come in once although a newer one was here. */
    private final Set<String> leaves = ConcurrentHashMap.newKeySet();

    /** The names of the distribution, read when the first bundle asks. */
    @FunctionalInterface
    interface Names {
        Shipped read() throws IOException;
    }

    HotBundles(
            SignerBook book,
            Admissions admissions,
            VersionBook versions,
            Names shipped,
            InstantSource clock) {
        this.book = book;
        this.admissions = admissions;
        this.versions = versions;
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

        /** The framework itself says what is wrong with one that can't be read. */
        Version parsedVersion() {
            try {
                return Version.parseVersion(version);
            } catch (IllegalArgumentException e) {
                return Version.emptyVersion;
            }
        }

        Finding faulty(Optional<String> more) {
            return new Finding(sha256, signer, more.orElse(fault), symbolicName, version);
        }
    }

    /** Judges a bundle by who signed it and by what it says; its place and its age apart. */
    Finding bundle(ByteBuffer jar) {
        JarVerdict verdict = verdict(jar);
        return verdict instanceof JarVerdict.Trusted trusted ? ruled(trusted) : finding(verdict);
    }

    private Finding ruled(JarVerdict.Trusted trusted) {
        Map<String, String> headers = trusted.headers();
        String fault;
        try {
            fault = PluginRules.fault(headers, shipped.read()).orElse("");
        } catch (IOException e) {
            fault = "the shipped bundles cannot be read: " + e;
        }
        return new Finding(
                trusted.sha256(),
                trusted.signer().hex(),
                fault,
                headers.getOrDefault("bundle-symbolicname", "").split(";", 2)[0].strip(),
                headers.getOrDefault("bundle-version", "").strip());
    }

    /** Lets one bundle be older than what was here before, the next time that it is installed. */
    void leave(String sha256) {
        leaves.add(sha256);
    }

    /** Whether that is so; for once, whatever becomes of it. */
    boolean takeLeave(String sha256) {
        return leaves.remove(sha256);
    }

    /** Why one must not come in because of its version; nothing is remembered. */
    Optional<String> older(Finding finding, boolean leave) {
        return leave
                ? Optional.empty()
                : versions.fault(finding.symbolicName(), finding.parsedVersion());
    }

    /**
     * Remembers a bundle that is about to come in, after all else was judged. INVARIANT: the book
     * knows of a version before the framework does.
     *
     * @return why it must not come in after all
     */
    Optional<String> coming(Finding finding, boolean leave) {
        Optional<String> fault =
                versions.coming(finding.symbolicName(), finding.parsedVersion(), leave);
        if (fault.isEmpty()) {
            admissions.add(finding.sha256(), finding.signer());
        }
        return fault;
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
     * package, one that the rules of plugins allow, and not older than what was here since. A
     * package alone is no bundle.
     */
    Finding cached(ByteBuffer jar) {
        Finding known = again(jar);
        Finding finding = known.isGood() ? bundle(jar) : known;
        return finding.isGood()
                ? finding.faulty(versions.fault(finding.symbolicName(), finding.parsedVersion()))
                : finding;
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
