package io.kepm.cli.sudoers;

import io.kepm.cli.sudoers.Glob.Kind;
import io.kepm.cli.sudoers.Glob.Part;
import java.util.List;
import java.util.Optional;

/** The program of a sudoers command as a path or pattern of a policy. */
final class ProgramPath {

    /** Edits are judged under this name, whatever the editor. */
    static final String EDIT = "/usr/bin/sudoedit";

    private ProgramPath() {}

    /** Empty after the remarks were told why. */
    static Optional<String> of(String program, Remarks remarks) {
        if (program.equals("sudoedit")) {
            return Optional.of(EDIT);
        }
        boolean braces = program.indexOf('{') >= 0 || program.indexOf('}') >= 0;
        Optional<List<Part>> parts = braces ? Optional.empty() : Glob.parse(program);
        if (!program.startsWith("/") || parts.isEmpty()) {
            remarks.lost("no policy can say `" + program + "`: the command is left out");
            return Optional.empty();
        }
        StringBuilder out = new StringBuilder();
        boolean pattern = false;
        for (Part part : parts.get()) {
            boolean wild = part.kind() != Kind.LITERAL;
            if (part.kind() == Kind.CLASS || (!wild && isWildcard(part.text()))) {
                remarks.lost("no policy can say `" + program + "`: the command is left out");
                return Optional.empty();
            }
            pattern |= wild;
            out.append(part.text());
        }
        if (program.endsWith("/")) {
            out.append('*');
            remarks.note("`" + program + "` is every program in that folder, also later ones");
        } else if (pattern) {
            remarks.note(
                    "`" + program + "` is a pattern of programs; here it covers hidden names too");
        }
        return Optional.of(out.toString());
    }

    private static boolean isWildcard(String text) {
        return text.equals("*") || text.equals("?");
    }
}
