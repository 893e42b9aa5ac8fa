package io.kepm.guard;

/**
 * A bundle that was not let in; long texts are cut.
 *
 * @param sha256 empty when its bytes could not be read
 * @param symbolicName what it calls itself; empty when it does not
 * @param reason lower case, no full stop
 */
public record Refusal(String location, String sha256, String symbolicName, String reason) {

    private static final int LONGEST = 2000;

    public Refusal {
        location = location.length() > LONGEST ? location.substring(0, LONGEST) : location;
        reason = reason.length() > LONGEST ? reason.substring(0, LONGEST) : reason;
    }
}
