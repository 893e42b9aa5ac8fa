package io.kepm.signing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signature that lies beside what it signs, as two lines of text.
 *
 * @param signer whose it is
 */
public record DetachedSignature(Thumbprint signer, byte[] signature) {

    private static final Pattern TEXT =
            Pattern.compile("signer ([0-9a-f]{64})\nsignature ([A-Za-z0-9+/]{1,2048}={0,2})\n");

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException when it is anything else
     */
    public static DetachedSignature parse(byte[] bytes) {
        Matcher text = TEXT.matcher(new String(bytes, StandardCharsets.US_ASCII));
        if (!text.matches()) {
            throw new IllegalArgumentException("signature file: malformed");
        }
        return new DetachedSignature(
                new Thumbprint(text.group(1)), Base64.getDecoder().decode(text.group(2)));
    }

    public byte[] bytes() {
        return ("signer "
                        + signer.hex()
                        + "\nsignature "
                        + Base64.getEncoder().encodeToString(signature)
                        + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
