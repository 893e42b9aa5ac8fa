package io.kepm.api.trust;

import java.nio.ByteBuffer;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Judges signed code by the one judge there is, the framework guard (trust.md §1). Safe for use by
 * many threads.
 */
@ProviderType
public interface Signatures {

    /** Judges a bundle, as the guard will when it is installed. */
    Verdict bundle(ByteBuffer jar);

    /** Judges a signed package that is no bundle, and remembers it when it is good. */
    Verdict pack(ByteBuffer jar);

    /** Whether a package that was once good may still be used; time plays no part any more. */
    Verdict again(ByteBuffer jar);

    /** Judges a file by the CMS signature (DER) beside it. */
    Verdict detached(byte[] file, byte[] signature);

    /** Who is trusted beside the built-in certificates, and what was taken back. */
    Signers signers();

    /**
     * The answer about one file.
     *
     * @param sha256 of the whole file
     * @param signer thumbprint of who signed it, as far as it is known; else empty
     * @param fault why it may not be used, lower case; empty when it may
     */
    record Verdict(String sha256, String signer, String fault) {
        public boolean isGood() {
            return fault.isEmpty();
        }
    }

    /**
     * Thumbprints of certificates, in lower-case hex.
     *
     * @param warnings what people should know about the alternative ones
     * @param revoked certificates and files that are refused
     */
    record Signers(
            List<String> builtIn,
            List<String> alternative,
            List<String> warnings,
            List<String> revoked) {
        public Signers {
            builtIn = List.copyOf(builtIn);
            alternative = List.copyOf(alternative);
            warnings = List.copyOf(warnings);
            revoked = List.copyOf(revoked);
        }
    }
}
