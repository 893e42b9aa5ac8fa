package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import io.kepm.cli.sudoers.Glob.Kind;
import io.kepm.cli.sudoers.Glob.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of a command as slots of a policy, each as narrow as the sudoers word or narrower.
 * Wildcards are never taken over as they are: each becomes a slot that a person has to look at.
 */
final class Arguments {

    private final boolean edit;
    private final Remarks remarks;

    /**
     * @param edit whether they are the files of {@code sudoedit}
     */
    Arguments(boolean edit, Remarks remarks) {
        this.edit = edit;
        this.remarks = remarks;
    }

    /** The slots; empty after the remarks were told why. */
    Optional<List<Json>> slots(String text) {
        if (text.startsWith("^") && text.endsWith("$") && text.length() > 1) {
            return expression(text);
        }
        List<Json> slots = new ArrayList<>();
        for (String word : text.split("[ \\t]+", -1)) {
            Optional<Json> slot = slot(word);
            if (slot.isEmpty()) {
                remarks.lost("no slot of a policy can say `" + word + "`: the command is left out");
                return Optional.empty();
            }
            slots.add(slot.get());
        }
        return Optional.of(slots);
    }

    /** The words that begin every command line the text covers: what a denied command can say. */
    static List<String> literalStart(String text) {
        List<String> words = new ArrayList<>();
        if (text.startsWith("^")) {
            return words;
        }
        for (String word : text.split("[ \\t]+", -1)) {
            Optional<String> literal = Glob.parse(word).flatMap(Glob::literal);
            if (literal.isEmpty() || literal.get().isEmpty()) {
                return words;
            }
            words.add(literal.get());
        }
        return words;
    }

    /**
     * To sudo the expression is about all arguments, joined by blanks. A single argument that it
     * describes is part of that; without escapes both dialects read it alike.
     */
    private Optional<List<Json>> expression(String text) {
        String body = text.substring(1, text.length() - 1);
        String uncounted = body.replaceAll("\\{[0-9]+(,[0-9]*)?\\}", "");
        if (uncounted.isEmpty()
                || uncounted.matches("(?s).*(\\\\|\\(\\?|\\[\\[?[.=]|\\[\\^?\\]|[{}]).*")) {
            remarks.lost(
                    "the expression `" + text + "` can't be taken over: the command is left out");
            return Optional.empty();
        }
        remarks.note(
                "`"
                        + text
                        + "`: to sudo it describes all arguments joined by blanks, here the slot"
                        + " Regex takes exactly one argument; a person has to look at it");
        return Optional.of(List.of(object("Regex", Json.of(body))));
    }

    private Optional<Json> slot(String word) {
        Optional<List<Part>> parsed = Glob.parse(word);
        if (parsed.isEmpty() || word.isEmpty()) {
            return Optional.empty();
        }
        List<Part> parts = parsed.get();
        Optional<String> literal = Glob.literal(parts);
        if (literal.isPresent()) {
            if (word.indexOf('"') >= 0) {
                remarks.note(
                        "`" + word + "`: sudoers takes quotes in arguments literally, so did we");
            }
            return literal.map(Json::of);
        }
        if (parts.size() == 1 && parts.get(0).kind() == Kind.STAR) {
            return chosen(word, "Word", Json.of(true), "exactly one plain word");
        }
        Optional<String> folder = folder(parts);
        if (folder.isPresent()) {
            return chosen(
                    word,
                    "PathUnder",
                    Json.of(folder.get()),
                    "one path whose real path lies beneath `" + folder.get() + "` too");
        }
        Optional<String> regex = WildcardWord.regex(parts);
        return regex.isEmpty()
                ? Optional.empty()
                : chosen(
                        word,
                        "Regex",
                        Json.of(regex.get()),
                        "one argument without blanks, no further path segment, no `..`, links are"
                                + " not resolved");
    }

    private Optional<Json> chosen(String word, String slot, Json value, String meaning) {
        remarks.note(
                "`"
                        + word
                        + "`: to sudo a wildcard also covers blanks and further arguments; the slot "
                        + slot
                        + " was chosen ("
                        + meaning
                        + "); a person has to look at it");
        return Optional.of(object(slot, value));
    }

    /**
     * The folder of {@code /folder/*}. For files that are edited sudo's star stays in the folder,
     * and that slot would not.
     */
    private Optional<String> folder(List<Part> parts) {
        int end = parts.size() - 2;
        if (edit || end < 1 || parts.get(end + 1).kind() != Kind.STAR) {
            return Optional.empty();
        }
        Optional<String> path = Glob.literal(parts.subList(0, end));
        return path.filter(
                text ->
                        text.startsWith("/")
                                && parts.get(end).text().equals("/")
                                && text.indexOf('{') < 0
                                && text.indexOf('}') < 0);
    }

    private static Json object(String key, Json value) {
        return Json.object(Map.of(key, value));
    }
}
