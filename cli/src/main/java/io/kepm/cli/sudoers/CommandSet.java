package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import io.kepm.cli.text.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The commands of one set, turned into what policies say. Not for use by two threads. */
final class CommandSet {

    /** A command that only a file with one of these digests may be. */
    record Bound(List<String> digests, Optional<Json> command) {}

    private final Set<String> spaced;
    private final Remarks remarks;
    private final List<Json> allowed = new ArrayList<>();
    private final List<String> denied = new ArrayList<>();
    private final List<Bound> bound = new ArrayList<>();
    private boolean everything;

    private CommandSet(Set<String> spaced, Remarks remarks) {
        this.spaced = spaced;
        this.remarks = remarks;
    }

    /** Empty when a command that is taken away can't be said: then nothing may be given. */
    static Optional<CommandSet> of(List<Item> items, Set<String> spaced, Remarks remarks) {
        CommandSet set = new CommandSet(spaced, remarks);
        for (Item item : items) {
            if (item.negated() ? !set.deny(item) : !set.allow(item)) {
                return Optional.empty();
            }
        }
        return Optional.of(set);
    }

    /** Every command, apart from the denied ones. */
    boolean everything() {
        return everything;
    }

    /** {@code Commands}. */
    List<Json> allowed() {
        return allowed;
    }

    /** {@code DenyCommands}. */
    List<String> denied() {
        return denied;
    }

    List<Bound> bound() {
        return bound;
    }

    /** A command that is left out only makes the set smaller. */
    private boolean allow(Item item) {
        boolean digests = Digests.isBound(item.source());
        if (item.isAll() && !digests) {
            everything = true;
            return true;
        }
        Optional<Json> command = item.isAll() ? Optional.empty() : command(item.value().text());
        if (command.isEmpty() && !item.isAll()) {
            return true;
        }
        if (!digests) {
            command.ifPresent(allowed::add);
        } else {
            Digests.of(item.source(), remarks)
                    .ifPresent(entries -> bound.add(new Bound(entries, command)));
        }
        return true;
    }

    private Optional<Json> command(String text) {
        CommandText parts = CommandText.of(text, spaced);
        Optional<String> program = ProgramPath.of(parts.program(), remarks);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        Optional<List<Json>> slots = slots(text, parts);
        if (slots.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Json> command = new LinkedHashMap<>();
        command.put("Path", Json.of(program.get()));
        if (!slots.get().isEmpty()) {
            command.put("Args", Json.list(slots.get()));
        }
        return Optional.of(Json.object(command));
    }

    private Optional<List<Json>> slots(String text, CommandText parts) {
        if (parts.noArguments()) {
            return Optional.of(List.of());
        }
        if (parts.anyArguments()) {
            remarks.note(
                    parts.isEdit()
                            ? "`" + text + "`: any file may be edited"
                            : "`" + text + "`: sudoers names no arguments, so any are covered");
            return Optional.of(List.of(Json.object(Map.of("Rest", Json.of(true)))));
        }
        return new Arguments(parts.isEdit(), remarks).slots(parts.arguments());
    }

    private boolean deny(Item item) {
        if (item.is(Item.UNKNOWN)) {
            remarks.lost("not translated: `" + item.value().text() + "` would take rights away");
            return false;
        }
        if (item.isAll()) {
            denied.add("/**");
            return true;
        }
        String text = item.value().text();
        CommandText parts = CommandText.of(text, spaced);
        Optional<String> program =
                ProgramPath.of(parts.program(), remarks).flatMap(CommandSet::word);
        if (program.isEmpty()) {
            remarks.lost("not translated: `!" + text + "` takes rights away and can't be said");
            return false;
        }
        List<String> words =
                parts.noArguments() ? List.of() : Arguments.literalStart(parts.arguments());
        denied.add(words.isEmpty() ? program.get() : program.get() + " " + Words.joined(words));
        remarks.note(
                "`!"
                        + text
                        + "` is weak: a copy of the program, another path or a shell goes round it;"
                        + " here it denies every command line that begins with `"
                        + denied.get(denied.size() - 1)
                        + "`, also when another rule gives it");
        return true;
    }

    /** A program as the first word of a denied line, where a quoted pattern is not known. */
    private static Optional<String> word(String program) {
        if (program.indexOf('*') < 0 && program.indexOf('?') < 0) {
            return Optional.of(Words.joined(List.of(program)));
        }
        return program.matches("[A-Za-z0-9_./*?+:@%,=^-]+")
                ? Optional.of(program)
                : Optional.empty();
    }
}
