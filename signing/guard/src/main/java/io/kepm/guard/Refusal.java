package io.kepm.guard;

/**
 * A bundle that was not let in; long texts are cut.
 *
 * @param sha256 empty when its bytes could not be read
 * @param symbolicName what it calls itself; empty when it does not
 * @param reason lower case, no full stop
 * @param signer thumbprint of who signed it, as far as it is known; else empty
 */
public record Refusal(
        String location, String sha256, String symbolicName, String reason, String signer) {

    private static final int LONGEST = 2000;

    Refusal(String location, String sha256, String symbolicName, String reason) {
        this(location, sha256, symbolicName, reason, "");
    }

    public Refusal {
        location = location.length() > LONGEST ? location.substring(0, LONGEST) : location;
        reason = reason.length() > LONGEST ? reason.substring(0, LONGEST) : reason;
    }
}
