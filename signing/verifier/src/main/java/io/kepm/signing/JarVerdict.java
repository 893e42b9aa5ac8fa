package io.kepm.signing;

import java.util.Map;

/** Whether the content of a jar is whole, and of somebody who is trusted. */
public sealed interface JarVerdict {

    /**
     * All of it is covered by one trusted signer.
     *
     * @param signer the certificate that vouches for it
     * @param sha256 of the whole file
     * @param content SHA-256 of its manifest, which has a digest of everything in it: the same
     *     however the file is packed, and whoever signs it besides; of a file that is no jar, the
     *     same as {@code sha256}
     * @param headers the main section of its manifest, names in lower case
     */
    record Trusted(Thumbprint signer, String sha256, String content, Map<String, String> headers)
            implements JarVerdict {
        public Trusted {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * It is not to be used.
     *
     * @param reason lower case, no full stop
     * @param signer thumbprint of the one who signed, as far as that is known; else empty
     */
    record Refused(String reason, String sha256, String signer) implements JarVerdict {}
}
