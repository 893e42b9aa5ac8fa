package io.kepm.cli.verb;

import io.kepm.cli.text.Tone;

/** The words for how well something is, and how they look. */
final class States {

    private States() {}

    static Tone tone(String state) {
        return switch (state) {
            case "healthy" -> Tone.GOOD;
            case "degraded" -> Tone.WARNING;
            default -> Tone.BAD;
        };
    }

    /** {@code ok}, {@code warn} or {@code fail}; what nobody knows fails. */
    static String word(String state) {
        return switch (state) {
            case "healthy" -> "ok";
            case "degraded" -> "warn";
            default -> "fail";
        };
    }

    /** How an outcome of policy or of an elevation looks. */
    static Tone outcome(String outcome) {
        return switch (outcome) {
            case "ALLOW", "OK" -> Tone.GOOD;
            case "PENDING", "OWN_RIGHT", "NOT_GOVERNED" -> Tone.WARNING;
            case "DENY", "REFUSED", "FAILED" -> Tone.BAD;
            default -> outcome.startsWith("DENY") ? Tone.BAD : Tone.PLAIN;
        };
    }
}
