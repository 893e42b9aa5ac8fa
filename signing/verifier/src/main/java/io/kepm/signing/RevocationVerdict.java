package io.kepm.signing;

/** Whether a signed list of what was taken back is in force from now on. */
public sealed interface RevocationVerdict {

    /**
     * It is.
     *
     * @param signer the certificate of the release that vouches for it
     */
    record InForce(RevocationList list, Thumbprint signer) implements RevocationVerdict {}

    /**
     * It is not to be used.
     *
     * @param reason lower case, no full stop
     */
    record Refused(String reason) implements RevocationVerdict {}
}
