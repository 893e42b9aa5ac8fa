package io.kepm.policy;

import java.util.Locale;

/** A certificate's digest, as it is compared. */
final class Thumbprint {

    private Thumbprint() {}

    static String plain(String text) {
        return text.replace(":", "").toLowerCase(Locale.ROOT);
    }
}
