package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The arguments of a tool, told apart: words, options, and whether there was an option that the
 * list does not know (after which nothing is sure any more).
 */
final class ToolWords {

    private static final Pattern GROUP = Pattern.compile("-\\d+");
    private static final Pattern SIGNAL = Pattern.compile("-(\\d{1,3}|[A-Z]{2,}[A-Z0-9+-]*)");

    private final ProtectedList.Tool tool;
    private final List<String> words = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private boolean unknown;
    private String signal = "";
    private boolean signalled;

    private ToolWords(ProtectedList.Tool tool) {
        this.tool = tool;
    }

    static ToolWords of(ProtectedList.Tool tool, List<String> arguments) {
        ToolWords split = new ToolWords(tool);
        split.read(arguments);
        return split;
    }

    List<String> words() {
        return words;
    }

    List<String> options() {
        return options;
    }

    boolean hasUnknown() {
        return unknown;
    }

    private void read(List<String> arguments) {
        boolean more = true;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!more || !argument.startsWith("-") || argument.equals("-")) {
                words.add(argument);
            } else if (argument.equals("--")) {
                more = false;
            } else if (isSignal(argument)) {
                signalled = true;
                signal = argument;
            } else if (isGroup(argument)) {
                words.add(argument);
            } else if (argument.startsWith("--")) {
                i += longOption(argument);
            } else {
                i += shortOptions(argument);
            }
        }
    }

    private boolean isSignal(String argument) {
        return tool.kind() == ProtectedList.Kind.PROCESS
                && !signalled
                && SIGNAL.matcher(argument).matches();
    }

    /** With a signal named before it, a number is a group of processes, or all of them. */
    private boolean isGroup(String argument) {
        return tool.kind() == ProtectedList.Kind.PROCESS
                && signalled
                && GROUP.matcher(argument).matches();
    }

    /** An option named the signal; so what looked like one in front of it may have been a group. */
    private void signalByOption() {
        signalled = true;
        if (GROUP.matcher(signal).matches()) {
            words.add(signal);
            signal = "";
        }
    }

    /** How many further arguments it takes. */
    private int longOption(String argument) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        options.add(name);
        boolean valued = tool.valued().contains(name);
        if (valued) {
            signalByOption();
        }
        boolean flag = tool.flags().contains(name) || tool.removing().contains(name);
        unknown |= equals < 0 ? !valued && !flag : !valued;
        return equals < 0 && valued && !flag ? 1 : 0;
    }

    private int shortOptions(String argument) {
        if (tool.flags().contains(argument)) {
            options.add(argument);
            return 0;
        }
        for (int i = 1; i < argument.length(); i++) {
            String option = "-" + argument.charAt(i);
            options.add(option);
            if (tool.valued().contains(option)) {
                signalByOption();
                return i == argument.length() - 1 ? 1 : 0;
            }
            if (!tool.flags().contains(option) && !tool.removing().contains(option)) {
                unknown = true;
            }
        }
        return 0;
    }
}
