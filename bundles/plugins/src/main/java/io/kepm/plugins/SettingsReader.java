package io.kepm.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.settings.ObjectShape;
import io.kepm.api.settings.PluginSetting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Reads the member {@code settings} of a document: what may stand in its {@code metadata}. */
final class SettingsReader {

    private static final int LONGEST_UNIT = 40;
    private static final int LONGEST_SENTENCE = 300;
    private static final int MOST_WORDS = 100;

    private final BiConsumer<String, String> faults;

    /**
     * @param faults takes the place and what is wrong there
     */
    SettingsReader(BiConsumer<String, String> faults) {
        this.faults = faults;
    }

    /**
     * What is said about settings, by name.
     *
     * @param values what {@code metadata} has, by the names of settings
     */
    Map<String, PluginSetting> read(JsonNode settings, Map<String, Object> values) {
        Map<String, PluginSetting> read = new LinkedHashMap<>();
        if (!settings.isMissingNode() && !settings.isObject()) {
            faults.accept("/settings", "an object is needed");
        }
        settings.properties()
                .forEach(
                        member -> {
                            String name = member.getKey();
                            Object value = values.get(name);
                            if (value == null) {
                                fault(name, "there is no such value in `metadata`");
                            } else {
                                PluginSetting said = said(name, member.getValue());
                                check(name, value, said);
                                read.put(name, said);
                            }
                        });
        return read;
    }

    private PluginSetting said(String name, JsonNode node) {
        Optional<Long> least = Optional.empty();
        Optional<Long> most = Optional.empty();
        List<String> words = List.of();
        String unit = "";
        Optional<ObjectShape> objects = Optional.empty();
        String sentence = PluginSetting.PLAIN.sentence();
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            JsonNode value = each.getValue();
            switch (each.getKey()) {
                case "minimum" -> least = number(name, value);
                case "maximum" -> most = number(name, value);
                case "allowed" -> words = words(name, value);
                case "unit" -> unit = text(name, value, LONGEST_UNIT);
                case "members" ->
                        objects =
                                Optional.of(
                                        new ShapeReader(detail -> fault(name, detail)).read(value));
                case "description" -> sentence = text(name, value, LONGEST_SENTENCE);
                default -> fault(name, "unknown member `" + each.getKey() + "`");
            }
        }
        if (!node.isObject()) {
            fault(name, "an object is needed");
        }
        return new PluginSetting(least, most, words, unit, objects, sentence);
    }

    private void check(String name, Object value, PluginSetting said) {
        if (said.objects().isPresent()) {
            try {
                var unused = said.objects().get().read(value);
            } catch (IllegalArgumentException e) {
                fault(name, "its value in `metadata`: " + e.getMessage());
            }
        }
        if (value instanceof Long number) {
            if (said.least().orElse(number) > number || said.most().orElse(number) < number) {
                fault(name, "its value in `metadata` is out of range");
            }
        } else if (said.least().isPresent() || said.most().isPresent() || !said.unit().isEmpty()) {
            fault(name, "`minimum`, `maximum` and `unit` are for an integer");
        }
        if (!said.words().isEmpty()
                && !(value instanceof String text && said.words().contains(text))) {
            fault(name, "its value in `metadata` is none of `allowed`");
        }
    }

    private Optional<Long> number(String name, JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return Optional.of(value.asLong());
        }
        fault(name, "`minimum` and `maximum` are integers");
        return Optional.empty();
    }

    private List<String> words(String name, JsonNode value) {
        List<String> words = new ArrayList<>();
        value.forEach(each -> words.add(each.asText()));
        boolean texts = value.isArray();
        for (JsonNode each : value) {
            texts &= each.isTextual();
        }
        if (!texts || words.isEmpty() || words.size() > MOST_WORDS) {
            fault(name, "`allowed` is a list of 1 to " + MOST_WORDS + " texts");
        }
        return words;
    }

    private String text(String name, JsonNode value, int longest) {
        if (!value.isTextual() || value.asText().length() > longest) {
            fault(name, "a text of at most " + longest + " characters is needed");
        }
        return value.asText();
    }

    private void fault(String name, String detail) {
        faults.accept("/settings/" + name, detail);
    }
}
