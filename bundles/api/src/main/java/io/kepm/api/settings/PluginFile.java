package io.kepm.api.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of one plugin: their declarations, each with the value of its file as the default.
 *
 * @param id of the plugin
 */
public record PluginFile(String id, List<Setting<?>> settings) {

    /** What says which topics a plugin may use is a right, no setting. */
    private static final Set<String> RIGHTS = Set.of("mqttRole", "mqttTopics");

    private static final int MOST = 500;

    public PluginFile {
        settings = List.copyOf(settings);
    }

    /**
     * Takes each value of {@code metadata} for the declaration of a setting of its type. Members of
     * members are joined by {@code .}. What is no text, integer, truth value or list of texts is
     * left out, and so is what gives a right. A list of objects is a setting when the document says
     * what stands in them.
     *
     * @param metadata String, Long, Boolean, List and Map, as read from JSON
     */
    public static PluginFile of(String id, Map<String, ?> metadata) {
        return of(id, metadata, Map.of());
    }

    /**
     * The same.
     *
     * @param said what the document says about settings, by name
     */
    public static PluginFile of(
            String id, Map<String, ?> metadata, Map<String, PluginSetting> said) {
        List<Setting<?>> settings = new ArrayList<>();
        values(metadata)
                .forEach(
                        (name, value) ->
                                declare(
                                        SettingName.key(id, name),
                                        value,
                                        said.getOrDefault(name, PluginSetting.PLAIN),
                                        settings));
        return new PluginFile(id, settings);
    }

    /** The values of {@code metadata} that give no right, by the names of settings. */
    public static Map<String, Object> values(Map<String, ?> metadata) {
        Map<String, Object> flat = new LinkedHashMap<>();
        metadata.forEach(
                (name, value) -> {
                    if (!RIGHTS.contains(name)) {
                        flatten(name, value, flat);
                    }
                });
        return flat;
    }

    private static void flatten(String name, Object value, Map<String, Object> flat) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((inner, its) -> flatten(name + "." + inner, its, flat));
        } else if (flat.size() < MOST) {
            flat.put(name, value);
        }
    }

    private static void declare(
            String key, Object value, PluginSetting said, List<Setting<?>> settings) {
        String sentence = said.sentence();
        if (said.objects().isPresent()) {
            objects(key, value, said.objects().get(), sentence).ifPresent(settings::add);
        } else if (value instanceof String text) {
            settings.add(
                    (said.words().isEmpty()
                                    ? Setting.text(key, text, "a text", sentence)
                                    : Setting.choice(key, text, said.words(), sentence))
                            .live());
        } else if (value instanceof Boolean flag) {
            settings.add(Setting.flag(key, flag, sentence).live());
        } else if (value instanceof Long number) {
            long least = said.least().orElse(Long.MIN_VALUE);
            long most = said.most().orElse(Long.MAX_VALUE);
            settings.add(Setting.number(key, number, least, most, said.unit(), sentence).live());
        } else if (value instanceof List<?> list
                && list.stream().allMatch(String.class::isInstance)) {
            settings.add(
                    Setting.texts(key, list.stream().map(String.class::cast).toList(), sentence)
                            .live());
        }
    }

    /** Whoever reads the document has told of a value that does not fit. */
    private static Optional<Setting<?>> objects(
            String key, Object value, ObjectShape shape, String sentence) {
        try {
            return Optional.of(Setting.objects(key, shape.read(value), shape, sentence).live());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
