package io.kepm.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One command that a policy names: its program and what stands in each place of its vector.
 *
 * @param open whether further arguments may follow
 */
record CommandRule(PathPattern program, List<Slot> slots, boolean open) {

    CommandRule {
        slots = List.copyOf(slots);
    }

    /** As a person would read it. */
    String text() {
        return program.text()
                + slots.stream().map(slot -> " " + slot.text()).collect(Collectors.joining())
                + (open ? " …" : "");
    }

    /** The length of the vector and every place of it have to fit. */
    Fit fit(Facts facts) {
        List<String> arguments = facts.arguments();
        boolean length = open ? arguments.size() >= slots.size() : arguments.size() == slots.size();
        if (!length) {
            return Fit.NO;
        }
        Fit fit = facts.fit(program);
        for (int i = 0; i < slots.size() && fit != Fit.NO; i++) {
            fit = fit.and(slots.get(i).fit(arguments.get(i), facts.realArgument(i), facts));
        }
        return fit;
    }

    /**
     * A line of {@code AllowCommands} or {@code DenyCommands}; empty after the place was told why.
     *
     * @param prefix whether it covers every command that begins like it
     */
    static Optional<CommandRule> ofLine(String line, boolean prefix, Place place) {
        Optional<List<ShellWords.Word>> split = ShellWords.split(line, place);
        if (split.isEmpty()) {
            return Optional.empty();
        }
        List<ShellWords.Word> words = split.get();
        boolean rest = words.size() > 1 && words.get(words.size() - 1).isPlainStar();
        List<ShellWords.Word> middle = words.subList(1, words.size() - (rest ? 1 : 0));
        if (middle.stream().anyMatch(ShellWords.Word::plainStar)) {
            place.refuse(
                    Place.quoted(line)
                            + ": `*` may stand in the program and as the last word only: quote it"
                            + " when it is meant literally");
            return Optional.empty();
        }
        if (words.get(0).quotedWildcard()) {
            place.refuse(Place.quoted(line) + ": a quoted `*` or `?` in the program");
            return Optional.empty();
        }
        List<Slot> slots =
                middle.stream()
                        .map(word -> new Slot.Literal(word.text()))
                        .collect(Collectors.toUnmodifiableList());
        return PathPattern.parse(words.get(0).text(), true, place)
                .map(program -> new CommandRule(program, slots, rest || prefix));
    }
}
