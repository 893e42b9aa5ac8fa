package io.kepm.api.linux;

import org.osgi.annotation.versioning.ProviderType;

/** Passwords of accounts, as the system's own authentication judges them (pam(3)). */
@ProviderType
public interface Passwords {

    /** What the system says. */
    enum Verdict {
        RIGHT,
        /** Wrong, or of an account that may not be used now. */
        WRONG,
        /** Nobody can say: no service for it here, or too many questions at once. */
        UNKNOWN
    }

    /**
     * Asks; takes as long as the system makes those wait who are wrong (often 2 s), at most 15 s.
     *
     * @param user name of an account
     */
    Verdict check(String user, String password);
}
