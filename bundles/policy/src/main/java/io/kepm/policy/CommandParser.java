package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code Commands}: a program and the slots of its arguments. */
final class CommandParser {

    private static final String KNOWN = "OneOf, Regex, PathUnder, Word, Any, Rest";

    private CommandParser() {}

    static List<CommandRule> parse(Members extension) {
        List<CommandRule> rules = new ArrayList<>();
        List<JsonNode> items = extension.someItems("Commands");
        for (int i = 0; i < items.size(); i++) {
            Place place = extension.place("Commands").item(i);
            Members.of(items.get(i), place).flatMap(CommandParser::rule).ifPresent(rules::add);
        }
        return rules;
    }

    private static Optional<CommandRule> rule(Members command) {
        String path = command.requiredText("Path");
        List<JsonNode> args = command.items("Args");
        command.refuseOthers();
        List<Slot> slots = new ArrayList<>();
        boolean open = false;
        for (int i = 0; i < args.size(); i++) {
            Place place = command.place("Args").item(i);
            if (isRest(args.get(i))) {
                open = true;
                if (i < args.size() - 1) {
                    place.refuse("`Rest` has to be the last one");
                }
            } else {
                slot(args.get(i), place).ifPresent(slots::add);
            }
        }
        boolean rest = open;
        return path.isEmpty()
                ? Optional.empty()
                : PathPattern.parse(path, true, command.place("Path"))
                        .map(program -> new CommandRule(program, slots, rest));
    }

    private static boolean isRest(JsonNode node) {
        return node.isObject()
                && node.size() == 1
                && node.path("Rest").asBoolean(false)
                && node.path("Rest").isBoolean();
    }

    private static Optional<Slot> slot(JsonNode node, Place place) {
        if (node.isTextual()) {
            return literal(node.textValue(), place).map(Slot.Literal::new);
        }
        if (!node.isObject() || node.size() != 1) {
            place.refuse("a text, or an object with one key, is expected (known: " + KNOWN + ")");
            return Optional.empty();
        }
        String key = node.fieldNames().next();
        JsonNode value = node.get(key);
        Place at = place.member(key);
        switch (key) {
            case "OneOf":
                return oneOf(value, at);
            case "Regex":
                return text(value, at)
                        .flatMap(text -> RegexSize.compile(text, at))
                        .map(Slot.Regex::new);
            case "PathUnder":
                return text(value, at)
                        .flatMap(text -> PathPrefix.parse(text, at))
                        .map(Slot.PathUnder::new);
            case "Word":
                return marker(value, at, new Slot.Word());
            case "Any":
                return marker(value, at, new Slot.Any());
            case "Rest":
                at.refuse("true is expected");
                return Optional.empty();
            default:
                place.refuse("unknown slot " + Place.quoted(key) + " (known: " + KNOWN + ")");
                return Optional.empty();
        }
    }

    private static Optional<String> literal(String text, Place place) {
        if (Texts.hasNul(text)) {
            place.refuse("a NUL can stand in no argument");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    private static Optional<Slot> oneOf(JsonNode value, Place place) {
        List<JsonNode> items = Members.items(value, place);
        Set<String> values = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            text(items.get(i), place.item(i))
                    .flatMap(text -> literal(text, place))
                    .ifPresent(values::add);
        }
        if (value.isArray() && value.isEmpty()) {
            place.refuse("must not be empty");
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(new Slot.OneOf(values));
    }

    private static Optional<String> text(JsonNode value, Place place) {
        if (!value.isTextual()) {
            place.refuse("a text is expected");
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    private static Optional<Slot> marker(JsonNode value, Place place, Slot slot) {
        if (!value.isBoolean() || !value.booleanValue()) {
            place.refuse("true is expected");
            return Optional.empty();
        }
        return Optional.of(slot);
    }
}
