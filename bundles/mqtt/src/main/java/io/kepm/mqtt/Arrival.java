package io.kepm.mqtt;

/**
 * Who is at the other end of a connection that begins: it says how many one has, and proves
 * nothing.
 *
 * @param owner the uid that the kernel names; {@link #NOBODY} where it can't
 * @param counts the uid that it counts for: one user may have very many numbers (subuid(5))
 * @param expected whether it is of a process that was launched
 * @param first whether that is a plugin: a task of a user may be made to connect again and again
 */
record Arrival(long owner, long counts, boolean expected, boolean first) {

    static final long NOBODY = -1;

    static final Arrival NOT_KNOWN = new Arrival(NOBODY, NOBODY, false, false);

    private static final long ROOT = 0;

    /** Whose pace it keeps to. */
    long paced() {
        return first ? ROOT : counts;
    }
}
