package io.kepm.policy;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a word of a command names a unit, a package or a process of the agent. */
final class ProtectedNames {

    private static final String EXPRESSION_MARKS = "^$*+?()[]{}|\\~";

    private static final Pattern NUMBER = Pattern.compile("\\s*([+-]?)0*([0-9]+)");

    private final ProtectedList list;
    private final Set<Long> ownPids;

    ProtectedNames(ProtectedList list, Set<Long> ownPids) {
        this.list = list;
        this.ownPids = Set.copyOf(ownPids);
    }

    boolean isUnit(String word) {
        String name = word.substring(word.lastIndexOf('/') + 1);
        if (name.startsWith(list.prefix())) {
            return true;
        }
        for (String own : list.names()) {
            if (name.equals(own) || name.startsWith(own + ".")) {
                return true;
            }
        }
        return ShellGlob.isGlob(name) && couldBeOurs(new ShellGlob(name));
    }

    private boolean couldBeOurs(ShellGlob glob) {
        return glob.couldBeginWith(list.prefix())
                || list.names().stream()
                        .anyMatch(own -> glob.couldBe(own) || glob.couldBeginWith(own + "."));
    }

    boolean isPackage(String word, boolean expressions) {
        String name = word.substring(word.lastIndexOf('/') + 1);
        if (beginsWithPackage(name) || beginsWithPackage(word)) {
            return true;
        }
        if (expressions && word.chars().anyMatch(c -> "^$|~(\\".indexOf(c) >= 0)) {
            return true;
        }
        String glob =
                expressions && word.indexOf('.') >= 0 ? "*" + word.replace('.', '?') + "*" : word;
        return ShellGlob.isGlob(glob) && couldBePackage(new ShellGlob(glob));
    }

    private boolean couldBePackage(ShellGlob glob) {
        return glob.couldBe(list.prefix())
                || "-=:+_./~@ "
                        .chars()
                        .anyMatch(c -> glob.couldBeginWith(list.prefix() + (char) c));
    }

    /** The package itself, or its name with a version, an architecture, or a mark behind it. */
    private boolean beginsWithPackage(String word) {
        return word.equals(list.prefix())
                || (word.startsWith(list.prefix())
                        && !Character.isLetterOrDigit(word.charAt(list.prefix().length())));
    }

    /** Whether the word by itself asks for the removal of the package. */
    boolean isRemoval(String word, ProtectedList.Tool tool) {
        for (String suffix : tool.removingSuffixes()) {
            if (word.endsWith(suffix)
                    && isPackage(
                            word.substring(0, word.length() - suffix.length()),
                            tool.expressions())) {
                return true;
            }
        }
        for (String prefix : tool.removingPrefixes()) {
            if (word.startsWith(prefix)
                    && isPackage(word.substring(prefix.length()), tool.expressions())) {
                return true;
            }
        }
        return false;
    }

    boolean isProcess(String word, boolean expressions) {
        if (isUnit(word) || isOwnPid(word)) {
            return true;
        }
        if (!expressions) {
            return false;
        }
        boolean marked = word.chars().anyMatch(c -> EXPRESSION_MARKS.indexOf(c) >= 0);
        return marked || partOfOurs(word);
    }

    /** A plain expression finds every name that it is a part of. */
    private boolean partOfOurs(String word) {
        if (word.indexOf('.') >= 0) {
            return couldBeOurs(new ShellGlob("*" + word.replace('.', '?') + "*"));
        }
        return word.contains(list.prefix())
                || list.prefix().contains(word)
                || list.names().stream().anyMatch(own -> own.contains(word));
    }

    /**
     * Also the group of one of our processes, and -1: every process there is. Read like the tools
     * do: past blanks and zeros, cut to 32 bits.
     */
    private boolean isOwnPid(String word) {
        Matcher number = NUMBER.matcher(word);
        if (!number.lookingAt()) {
            return false;
        }
        if (number.group(2).length() > 18) {
            return true;
        }
        long value = Long.parseLong(number.group(2));
        int pid = (int) (number.group(1).equals("-") ? -value : value);
        return pid == -1 || ownPids.contains(Math.abs((long) pid));
    }
}
