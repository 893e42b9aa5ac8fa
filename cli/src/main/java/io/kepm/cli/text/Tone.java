package io.kepm.cli.text;

/** What a text means, shown by colour where there is one. */
public enum Tone {
    PLAIN(""),
    GOOD("32"),
    WARNING("33"),
    BAD("31"),
    STRONG("1"),
    QUIET("2");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    String code() {
        return code;
    }
}
