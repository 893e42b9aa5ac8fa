package io.kepm.cli;

/** Why a verb ended early: one line for a person, and the exit code. */
public class Fault extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exit;
    private final String line;

    /**
     * @param exit one of {@link Exit}
     * @param line from the catalogue, so that outside text in it is escaped already
     */
    public Fault(int exit, String line) {
        // Expected ends of a run: nobody reads their stack.
        super(line, null, false, false);
        this.exit = exit;
        this.line = line;
    }

    public int exit() {
        return exit;
    }

    public String line() {
        return line;
    }

    /** The answer was more than can be held; asking for less may help. */
    public static final class TooLarge extends Fault {

        private static final long serialVersionUID = 1L;

        public TooLarge(String line) {
            super(Exit.FAILED, line);
        }
    }
}
