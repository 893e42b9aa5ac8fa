package io.kepm.cli;

import io.kepm.cli.Usage.Option;
import io.kepm.cli.text.Console;
import io.kepm.cli.text.Messages;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of one verb by the library: every form of it, its page, and what is wrong with
 * it. Descriptions come from the catalogue: {@code VERB.option.NAME}, else {@code option.NAME}.
 */
final class Grammar {

    private final Messages messages;
    private final String name;
    private final Usage usage;
    private final CommandLine line;

    Grammar(Messages messages, String name, Usage usage) {
        this.messages = messages;
        this.name = name;
        this.usage = usage;
        line = new CommandLine(spec());
        // `@FILE` on our command line is a word, never a file to be read.
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        line.setStopAtPositional(usage.isCommand());
    }

    Given parse(List<String> words) throws Fault {
        try {
            return given(line.parseArgs(words.toArray(new String[0])));
        } catch (ParameterException e) {
            throw new Fault(Exit.USAGE, fault(e));
        }
    }

    void help(Console console) {
        Ansi ansi = console.screen().colour() ? Ansi.ON : Ansi.OFF;
        console.line(line.getUsageMessage(ansi).stripTrailing());
    }

    private Given given(ParseResult parsed) {
        Map<String, String> values = new HashMap<>();
        for (Option option : usage.options()) {
            if (parsed.hasMatchedOption(option.name())) {
                Object value = parsed.matchedOptionValue(option.name(), "");
                values.put(option.name(), String.valueOf(value));
            }
        }
        return new Given(values, List.of(parsed.matchedPositionalValue(0, new String[0])));
    }

    private CommandSpec spec() {
        String key = name.replace(' ', '.');
        CommandSpec spec = CommandSpec.create().name("kepm " + name);
        spec.usageMessage()
                .description(literal(messages.get("verb." + key)))
                .synopsisHeading(literal(messages.get("help.usage")) + " ")
                .optionListHeading("%n")
                .parameterListHeading("%n")
                .sortOptions(false);
        Optional<String> more = messages.find("verb." + key + ".more");
        if (more.isPresent()) {
            spec.usageMessage().footer("", literal(more.get()));
        }
        for (Option option : usage.options()) {
            spec.addOption(option(key, option));
        }
        if (usage.operands().isPresent()) {
            spec.addPositional(operands(key, usage.operands().get()));
        }
        return spec;
    }

    private OptionSpec option(String key, Option option) {
        OptionSpec.Builder builder =
                OptionSpec.builder(option.names().toArray(new String[0]))
                        .type(option.isFlag() ? boolean.class : String.class)
                        .arity(option.isFlag() ? "0" : "1")
                        .usageHelp(option.name().equals("--help"))
                        .hidden(option.hidden())
                        .required(option.required());
        if (!option.isFlag()) {
            builder.paramLabel(option.label());
        }
        return option.hidden()
                ? builder.build()
                : builder.description(describe(key, option.name().substring(2))).build();
    }

    private PositionalParamSpec operands(String key, Usage.Operands operands) {
        return PositionalParamSpec.builder()
                .type(String[].class)
                .auxiliaryTypes(String.class)
                .paramLabel(operands.label())
                .arity(operands.min() + (operands.many() ? "..*" : ""))
                .required(operands.min() > 0)
                .index(operands.many() ? "0..*" : "0")
                .description(describe(key, operands.label()))
                .build();
    }

    private String describe(String key, String word) {
        Optional<String> own = messages.find(key + ".option." + word);
        return literal(own.isPresent() ? own.get() : messages.get("option." + word));
    }

    /** The library formats what it prints. */
    private static String literal(String text) {
        return text.replace("%", "%%");
    }

    private String fault(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return messages.get("error.usage.unmatched", unmatched.getUnmatched().get(0), name);
        }
        if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
            ArgSpec argument = missing.getMissing().get(0);
            String label =
                    argument instanceof OptionSpec option
                            ? option.longestName() + " " + argument.paramLabel()
                            : argument.paramLabel();
            return messages.get("error.usage.missing", label, name);
        }
        if (e instanceof OverwrittenOptionException twice) {
            return messages.get("error.usage.twice", String.valueOf(twice.getMessage()), name);
        }
        return messages.get("error.usage.other", String.valueOf(e.getMessage()), name);
    }
}
