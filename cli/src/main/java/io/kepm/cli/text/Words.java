package io.kepm.cli.text;

import java.util.List;

/** A command as a person would type it. */
public final class Words {

    private Words() {}

    /** The words of a vector, those that a shell would take apart in quotes. */
    public static String joined(List<String> argv) {
        StringBuilder out = new StringBuilder();
        for (String word : argv) {
            out.append(out.length() == 0 ? "" : " ").append(quoted(word));
        }
        return out.toString();
    }

    private static String quoted(String word) {
        boolean plain = !word.isEmpty();
        for (int i = 0; plain && i < word.length(); i++) {
            char c = word.charAt(i);
            plain = c >= 0x80 || Character.isLetterOrDigit(c) || "_-./:=@%+,^".indexOf(c) >= 0;
        }
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
