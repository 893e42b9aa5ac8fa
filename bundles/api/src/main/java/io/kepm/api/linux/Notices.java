package io.kepm.api.linux;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Tells people of this machine something, unasked: on the desktop where there is one, else on the
 * terminals. Safe for use by many threads; whoever calls waits for the programs that show it, some
 * seconds at most.
 */
@ProviderType
public interface Notices {

    /** Shows it on the desktop, on the terminals when no desktop takes it. */
    Shown show(Notice notice) throws InterruptedException;

    /** Shows it on the terminals alone. */
    Shown type(Notice notice);

    /**
     * What is to be told. It is text whatever is in it: neither markup, nor options of the program
     * that shows it, nor what drives a terminal.
     *
     * @param uid whom; {@link #EVERYBODY} for all people who are logged in
     * @param title a few words
     */
    record Notice(long uid, String title, String text) {
        public static final long EVERYBODY = -1;
    }

    /**
     * Where it was shown.
     *
     * @param desktops of how many people
     * @param terminals how many
     * @param words the same for people, and why not on a desktop
     */
    record Shown(int desktops, int terminals, String words) {
        public boolean isAnywhere() {
            return desktops + terminals > 0;
        }
    }
}
