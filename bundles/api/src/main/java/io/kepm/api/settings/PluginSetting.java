package io.kepm.api.settings;

import java.util.List;
import java.util.Optional;

/**
 * What a plugin's document says about one of its settings, beside the value.
 *
 * @param least of an integer
 * @param most of an integer
 * @param words of a text: it is one of them; empty for any text
 * @param unit of an integer; empty for none
 * @param objects what stands in each object of a list of objects; empty for anything else
 * @param sentence what it does
 */
public record PluginSetting(
        Optional<Long> least,
        Optional<Long> most,
        List<String> words,
        String unit,
        Optional<ObjectShape> objects,
        String sentence) {

    /** Of a setting about which the document says nothing. */
    public static final PluginSetting PLAIN =
            new PluginSetting(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    "",
                    Optional.empty(),
                    "a value of the plugin's file");

    public PluginSetting {
        words = List.copyOf(words);
    }
}
