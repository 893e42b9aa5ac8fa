package io.kepm.policy;

import io.kepm.policy.RiskyPrograms.Kind;
import io.kepm.policy.RiskyPrograms.Program;
import java.util.List;
import java.util.Optional;

/** What an allow for a program gives beyond what it names; in words for the author of a policy. */
final class Risk {

    private static final String NO_PAGER = "--no-pager";

    private final RiskyPrograms programs = RiskyPrograms.shipped();

    /** Of a program with arguments that nothing limits. */
    Optional<String> ofAnyArguments(PathPattern program) {
        return known(program)
                .map(found -> text(found.kind(), found.name()))
                .or(() -> ofWildcards(program));
    }

    private Optional<String> ofWildcards(PathPattern program) {
        return program.literal().isPresent()
                ? Optional.empty()
                : programs.interpreterIn(program)
                        .map(
                                name ->
                                        "`"
                                                + program.text()
                                                + "` covers `"
                                                + name
                                                + "` too, which runs everything: name the programs");
    }

    /** Of one command; {@code noExec}: it may start no further program. */
    Optional<String> of(CommandRule rule, boolean noExec) {
        boolean free = rule.open() || rule.slots().stream().anyMatch(Risk::isFree);
        if (free) {
            return ofAnyArguments(rule.program());
        }
        return known(rule.program())
                .filter(program -> isRisk(program, rule, noExec))
                .map(program -> text(program.kind(), program.name()));
    }

    /** The program that the base name says; of a pattern, the one that its plain letters say. */
    private Optional<Program> known(PathPattern program) {
        String text = program.text();
        String name = text.substring(text.lastIndexOf('/') + 1);
        return programs.named(name.replaceAll("[*?]", ""));
    }

    private static boolean isRisk(Program program, CommandRule rule, boolean noExec) {
        return switch (program.kind()) {
            case INSIDE -> true;
            case INTERPRETERS -> !namesScript(rule.slots());
            case PAGER -> !noExec && pages(program, rule.slots());
            case ARGUMENTS -> false;
        };
    }

    /** A word without a slash is looked for in the folder of the caller. */
    private static boolean namesScript(List<Slot> slots) {
        return slots.stream().noneMatch(slot -> slot instanceof Slot.Word)
                && slots.stream().anyMatch(slot -> !isOption(slot));
    }

    private static boolean pages(Program program, List<Slot> slots) {
        if (slots.contains(new Slot.Literal(NO_PAGER))) {
            return false;
        }
        Optional<Slot> verb = slots.stream().filter(slot -> !isOption(slot)).findFirst();
        return program.verbs().isEmpty()
                || verb.isEmpty()
                || program.verbs().stream().anyMatch(word -> mayBe(verb.get(), word));
    }

    private static boolean isOption(Slot slot) {
        if (slot instanceof Slot.Literal literal) {
            return literal.value().startsWith("-");
        }
        return slot instanceof Slot.OneOf oneOf
                && oneOf.values().stream().allMatch(value -> value.startsWith("-"));
    }

    private static boolean mayBe(Slot slot, String word) {
        return Coverage.ofSlot(slot, new Slot.Literal(word)) || slot instanceof Slot.Word;
    }

    /** Whether an option and a path both fit: then nothing was limited. */
    private static boolean isFree(Slot slot) {
        return Coverage.ofSlot(slot, new Slot.Literal("-c"))
                && Coverage.ofSlot(slot, new Slot.Literal("/etc/shadow"))
                && !(slot instanceof Slot.OneOf);
    }

    private static String text(Kind kind, String name) {
        return "`"
                + name
                + "` "
                + switch (kind) {
                    case INTERPRETERS ->
                            "runs whatever its arguments say, and asks when they say nothing: name"
                                    + " a script that only root can change, or this allows"
                                    + " everything";
                    case INSIDE ->
                            "gives a shell or any file from inside, whatever its arguments: this"
                                    + " allows everything";
                    case PAGER ->
                            "shows its output in a pager, which gives a shell: name `--no-pager`"
                                    + " among the arguments, or set NoExec";
                    case ARGUMENTS ->
                            "runs or writes whatever its arguments say: name the arguments, or this"
                                    + " allows everything";
                };
    }
}
