package io.kepm.cli;

/**
 * The exit codes of {@code kepm}; {@code kepm run} and {@code kepm shell} pass on the command's.
 */
public final class Exit {

    public static final int OK = 0;

    /** It was done and the answer is no, or it could not be done. */
    public static final int FAILED = 1;

    /** The command line was not understood, or an input could not be used. */
    public static final int USAGE = 2;

    /** No usable answer from the agent. */
    public static final int UNREACHABLE = 125;

    /** The caller has no right to this. */
    public static final int REFUSED = 126;

    private Exit() {}
}
