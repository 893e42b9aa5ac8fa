package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.jobs.JobFault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A typed reader of one JSON object, which goes on after a fault, so that an author learns of all
 * of them at once. {@link #end} tells of members that nobody asked for. Not for use by two threads.
 */
final class Members {

    static final int MOST_FAULTS = 100;
    private static final int LONGEST_SHOWN = 64;

    private final JsonNode node;
    private final String path;
    private final List<JobFault> faults;
    private final Set<String> known = new LinkedHashSet<>();

    Members(JsonNode node, String path, List<JobFault> faults) {
        this.node = node;
        this.path = path;
        this.faults = faults;
        if (!node.isObject()) {
            faultHere("an object is needed");
        }
    }

    String path() {
        return path;
    }

    String pathOf(String name) {
        return path + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    List<JobFault> faults() {
        return faults;
    }

    void fault(String name, String message) {
        add(pathOf(name), message);
    }

    void faultHere(String message) {
        add(path, message);
    }

    void add(String place, String message) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(new JobFault(place, message));
        }
    }

    /** The first of these members that is there and not null, by its name. */
    Optional<String> present(String... names) {
        Optional<String> found = Optional.empty();
        for (String name : names) {
            known.add(name);
            if (node.hasNonNull(name)) {
                if (found.isPresent()) {
                    fault(name, "the same as `" + found.get() + "`: one of them is enough");
                } else {
                    found = Optional.of(name);
                }
            }
        }
        return found;
    }

    boolean has(String name) {
        return present(name).isPresent();
    }

    JsonNode value(String name) {
        known.add(name);
        return node.path(name);
    }

    String text(String name, String absent, int longest) {
        if (!has(name)) {
            return absent;
        }
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            fault(name, "a text is needed");
            return absent;
        }
        if (value.asText().length() > longest) {
            fault(name, "longer than " + longest + " characters");
            return absent;
        }
        if (value.asText().chars().anyMatch(c -> c == 0)) {
            fault(name, "it holds a NUL");
            return absent;
        }
        return value.asText();
    }

    boolean flag(String name, boolean absent) {
        if (!has(name)) {
            return absent;
        }
        if (!node.path(name).isBoolean()) {
            fault(name, "true or false is needed");
            return absent;
        }
        return node.path(name).asBoolean();
    }

    int number(String name, int absent, int least, int most) {
        if (!has(name)) {
            return absent;
        }
        JsonNode value = node.path(name);
        if (!value.isInt() || value.asInt() < least || value.asInt() > most) {
            fault(name, "an integer from " + least + " to " + most + " is needed");
            return absent;
        }
        return value.asInt();
    }

    /** One of these words. */
    String choice(String name, String absent, List<String> words) {
        String word = text(name, absent, 100);
        if (!words.contains(word)) {
            fault(name, "one of " + String.join(", ", words) + " is needed");
            return absent;
        }
        return word;
    }

    Optional<Members> object(String name) {
        return has(name)
                ? Optional.of(new Members(node.path(name), pathOf(name), faults))
                : Optional.empty();
    }

    /** The entries of a list; none when it is absent. */
    List<JsonNode> list(String name, int most) {
        List<JsonNode> entries = new ArrayList<>();
        if (!has(name)) {
            return entries;
        }
        if (!node.path(name).isArray()) {
            fault(name, "a list is needed");
            return entries;
        }
        if (node.path(name).size() > most) {
            fault(name, "at most " + most + " entries are allowed");
            return entries;
        }
        node.path(name).forEach(entries::add);
        return entries;
    }

    List<String> texts(String name, int most, int longest) {
        List<String> texts = new ArrayList<>();
        List<JsonNode> entries = list(name, most);
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).isTextual() && entries.get(i).asText().length() <= longest) {
                texts.add(entries.get(i).asText());
            } else {
                add(
                        pathOf(name) + "/" + i,
                        "a text of at most " + longest + " characters is needed");
            }
        }
        return texts;
    }

    /** Tells of members that nobody asked for. */
    void end() {
        node.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!known.contains(name)) {
                                String shown =
                                        name.length() > LONGEST_SHOWN
                                                ? name.substring(0, LONGEST_SHOWN) + "…"
                                                : name;
                                fault(shown, "unknown member; known: " + String.join(", ", known));
                            }
                        });
    }
}
