package io.kepm.https;

/** Why a custom certificate can't be used: a sentence for people, without anything secret. */
final class UnusableCertificate extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableCertificate(String sentence) {
        super(sentence);
    }

    UnusableCertificate(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
