package io.kepm.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stood on the command line of one verb.
 *
 * @param values of the options that were given, by their long names; {@code true} for a flag
 * @param operands the words after the options
 */
public record Given(Map<String, String> values, List<String> operands) {

    public Given {
        values = Map.copyOf(values);
        operands = List.copyOf(operands);
    }

    public boolean flag(String name) {
        return values.containsKey(name);
    }

    /** The value of an option; empty when it was not given. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public boolean json() {
        return flag("--json");
    }
}
