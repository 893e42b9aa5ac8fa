package io.kepm.https;

/**
 * Who a connection seems to be of, from the moment it begins. It says how many one has, and proves
 * nothing about a request.
 *
 * @param uid whose it is; {@link #NOBODY} where that can't be told
 * @param counts the uid that it counts for: one user may have very many numbers (subuid(5))
 * @param first whether it gets in as long as there are less than its own share, whatever others
 *     hold
 * @param expected whether it may take the places that are kept free of ordinary users
 */
record Guest(long uid, long counts, boolean first, boolean expected) {

    static final long NOBODY = -1;

    static final Guest UNKNOWN = new Guest(NOBODY, NOBODY, false, false);

    private static final long ROOT = 0;

    boolean isRoot() {
        return uid == ROOT;
    }

    /** Whose pace it keeps to: root has none, and neither has who comes first. */
    long paced() {
        return first ? ROOT : counts;
    }
}
