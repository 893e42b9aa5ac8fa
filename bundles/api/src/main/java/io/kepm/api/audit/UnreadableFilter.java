package io.kepm.api.audit;

/** A filter that can't be understood; the message says why, without the column. */
public final class UnreadableFilter extends Exception {

    private static final long serialVersionUID = 1L;

    private final int column;

    UnreadableFilter(int column, String message) {
        super(message);
        this.column = column;
    }

    /** Where it stops making sense, from 1. */
    public int column() {
        return column;
    }

    /** {@code column 7: …}, for people. */
    public String line() {
        return "column " + column + ": " + getMessage();
    }
}
