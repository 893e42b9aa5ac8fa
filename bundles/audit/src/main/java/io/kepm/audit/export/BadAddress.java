package io.kepm.audit.export;

/** An export can't be made from its address; the text says which, why, and what is allowed. */
final class BadAddress extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * @param shown the address without its query
     */
    BadAddress(String shown, String why) {
        super("export `" + shown + "`: " + why);
    }
}
