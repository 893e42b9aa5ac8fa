package io.kepm.cli;

import io.kepm.cli.Usage.Option;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads command lines in their usual form, without the library: loading that takes two thirds of
 * the time a short verb needs. Whatever is unusual or wrong is left to {@link Grammar}.
 */
final class QuickLine {

    private QuickLine() {}

    /**
     * What stands there, the same as the library would say; empty when the library has to be asked.
     */
    static Optional<Given> read(Usage usage, List<String> words) {
        Map<String, String> values = new HashMap<>();
        int at = 0;
        while (at < words.size() && isOption(words.get(at))) {
            String word = words.get(at);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            Optional<Option> option = find(usage, equals < 0 ? word : word.substring(0, equals));
            if (option.isEmpty() || values.containsKey(option.get().name())) {
                return Optional.empty();
            }
            boolean flag = option.get().isFlag();
            String value;
            if (flag) {
                value = "true";
            } else if (equals >= 0) {
                value = word.substring(equals + 1);
            } else {
                at++;
                value = at < words.size() ? words.get(at) : "";
            }
            if (flag ? equals >= 0 : value.isEmpty() || value.startsWith("-")) {
                return Optional.empty();
            }
            values.put(option.get().name(), value);
            at++;
        }
        List<String> operands = words.subList(at, words.size());
        return isWhole(usage, values, operands)
                ? Optional.of(new Given(values, operands))
                : Optional.empty();
    }

    private static boolean isOption(String word) {
        return word.startsWith("-") && !word.equals("--");
    }

    private static boolean isWhole(Usage usage, Map<String, String> values, List<String> operands) {
        for (Option option : usage.options()) {
            if (option.required() && !values.containsKey(option.name())) {
                return false;
            }
        }
        for (String word : operands) {
            // Options may follow operands, and `--` and empty words have their rules.
            if (word.startsWith("-") || word.isEmpty()) {
                return false;
            }
        }
        return usage.operands().isEmpty()
                ? operands.isEmpty()
                : operands.size() >= usage.operands().get().min()
                        && (usage.operands().get().many() || operands.size() == 1);
    }

    private static Optional<Option> find(Usage usage, String name) {
        for (Option option : usage.options()) {
            if (option.names().contains(name)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }
}
