package io.kepm.cli.sudoers;

import java.util.Set;

/**
 * The text of one command, in two parts.
 *
 * @param program its path, a pattern, {@code sudoedit}, {@code ALL} or another word of sudo
 * @param arguments empty when the text names none
 */
record CommandText(String program, String arguments) {

    private static final String NONE = "\"\"";

    /**
     * Splits a text as {@code cvtsudoers -f json} prints it.
     *
     * @param spaced programs whose path holds blanks, which that form does not show
     */
    static CommandText of(String text, Set<String> spaced) {
        String program = "";
        for (String path : spaced) {
            boolean begins = text.equals(path) || text.startsWith(path + " ");
            if (begins && path.length() > program.length()) {
                program = path;
            }
        }
        if (program.isEmpty()) {
            int blank = text.indexOf(' ');
            program = blank < 0 ? text : text.substring(0, blank);
        }
        String rest = text.substring(program.length()).strip();
        return new CommandText(program, rest);
    }

    /** Nothing is said of arguments: any are allowed. */
    boolean anyArguments() {
        return arguments.isEmpty();
    }

    /** No argument is allowed. */
    boolean noArguments() {
        return arguments.equals(NONE);
    }

    boolean isEdit() {
        return program.equals("sudoedit") || program.equals(ProgramPath.EDIT);
    }
}
