package io.kepm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the command line of one verb may hold. Every verb takes {@code --help} and the like. */
public final class Usage {

    private final List<Option> options = new ArrayList<>();
    private Optional<Operands> operands = Optional.empty();
    private boolean command;

    /**
     * An option.
     *
     * @param names the long one first
     * @param label names its value; empty for a flag
     */
    record Option(List<String> names, String label, boolean required, boolean hidden) {
        String name() {
            return names.get(0);
        }

        boolean isFlag() {
            return label.isEmpty();
        }
    }

    /** The words after the options, at least {@code min}, one or any number. */
    record Operands(String label, int min, boolean many) {}

    Usage() {
        flag("--help", "-h");
        flag("--json");
        options.add(new Option(List.of("--socket"), "PATH", false, true));
    }

    /** An option without a value. */
    public Usage flag(String... names) {
        return add("", false, names);
    }

    /** An option with a value. */
    public Usage value(String label, String... names) {
        return add(label, false, names);
    }

    /** An option with a value that has to be there. */
    public Usage required(String label, String... names) {
        return add(label, true, names);
    }

    /** One word after the options. */
    public Usage operand(String label) {
        operands = Optional.of(new Operands(label, 1, false));
        return this;
    }

    /** Words after the options. */
    public Usage operands(String label, int min) {
        operands = Optional.of(new Operands(label, min, true));
        return this;
    }

    /** A command of somebody's own: from its first word on nothing is an option of ours. */
    public Usage command() {
        command = true;
        return operands("CMD", 1);
    }

    private Usage add(String label, boolean required, String... names) {
        options.add(new Option(List.of(names), label, required, false));
        return this;
    }

    List<Option> options() {
        return options;
    }

    Optional<Operands> operands() {
        return operands;
    }

    boolean isCommand() {
        return command;
    }
}
