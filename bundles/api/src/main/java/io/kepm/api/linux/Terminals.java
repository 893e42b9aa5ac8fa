package io.kepm.api.linux;

import org.osgi.annotation.versioning.ProviderType;

/** Tells somebody something on his terminal, unasked. */
@FunctionalInterface
@ProviderType
public interface Terminals {

    /**
     * Writes lines to a terminal, as much as it takes without waiting.
     *
     * @param tty its path, such as {@code /dev/pts/3}
     * @param uid whose terminal it has to be
     * @param text plain text, ours alone; what is no printable character is left out
     * @return whether it was written
     */
    boolean tell(String tty, long uid, String text);
}
