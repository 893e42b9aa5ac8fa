package io.kepm.signing;

/** Whether a digest list may be believed. */
public sealed interface ListVerdict {

    /** It is the list that the signer signed. */
    record Trusted(DigestList list, Thumbprint signer) implements ListVerdict {}

    /**
     * It is not to be used.
     *
     * @param reason lower case, no full stop
     */
    record Untrusted(String reason) implements ListVerdict {}
}
