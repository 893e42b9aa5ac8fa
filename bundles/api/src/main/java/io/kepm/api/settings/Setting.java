package io.kepm.api.settings;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The one declaration of a setting; the check, the error text and the reference page come from it.
 *
 * @param key path in {@code appsettings.json}, members joined by {@code /}
 * @param type word for people: {@code integer}, {@code text}, {@code true or false}, {@code list of
 *     texts}
 * @param defaultValue the value when the file does not name it
 * @param unit {@code seconds}, {@code minutes}, {@code port}…, or empty
 * @param allowed what may stand there, for the error text
 * @param sentence what it does
 * @param reader turns a JSON value (String, Long, Boolean, List of String) into the typed one;
 *     throws {@link IllegalArgumentException} when it is not allowed
 */
public record Setting<T>(
        String key,
        String type,
        T defaultValue,
        String unit,
        String allowed,
        String sentence,
        Function<Object, T> reader) {

    public static Setting<Integer> integer(
            String key, int defaultValue, int min, int max, String unit, String sentence) {
        return new Setting<>(
                key,
                "integer",
                defaultValue,
                unit,
                min + " to " + max,
                sentence,
                value -> {
                    if (value instanceof Long number && number >= min && number <= max) {
                        return number.intValue();
                    }
                    throw new IllegalArgumentException("not an integer from " + min + " to " + max);
                });
    }

    /** As {@link #integer}, for what may not fit into one. */
    public static Setting<Long> number(
            String key, long defaultValue, long min, long max, String unit, String sentence) {
        return new Setting<>(
                key,
                "integer",
                defaultValue,
                unit,
                min + " to " + max,
                sentence,
                value -> {
                    if (value instanceof Long number && number >= min && number <= max) {
                        return number;
                    }
                    throw new IllegalArgumentException("not an integer from " + min + " to " + max);
                });
    }

    public static Setting<Boolean> flag(String key, boolean defaultValue, String sentence) {
        return new Setting<>(
                key,
                "true or false",
                defaultValue,
                "",
                "true, false",
                sentence,
                value -> {
                    if (value instanceof Boolean flag) {
                        return flag;
                    }
                    throw new IllegalArgumentException("neither true nor false");
                });
    }

    public static Setting<String> text(
            String key, String defaultValue, String allowed, String sentence) {
        return new Setting<>(
                key,
                "text",
                defaultValue,
                "",
                allowed,
                sentence,
                value -> {
                    if (value instanceof String text) {
                        return text;
                    }
                    throw new IllegalArgumentException("not a text");
                });
    }

    /** A text that is one of some words, compared without regard to case. */
    public static Setting<String> choice(
            String key, String defaultValue, List<String> words, String sentence) {
        return new Setting<>(
                key,
                "text",
                defaultValue,
                "",
                String.join(", ", words),
                sentence,
                value -> {
                    if (value instanceof String text) {
                        for (String word : words) {
                            if (word.toLowerCase(Locale.ROOT)
                                    .equals(text.toLowerCase(Locale.ROOT))) {
                                return word;
                            }
                        }
                    }
                    throw new IllegalArgumentException("none of " + String.join(", ", words));
                });
    }

    public static Setting<List<String>> texts(
            String key, List<String> defaultValue, String sentence) {
        return new Setting<>(
                key,
                "list of texts",
                List.copyOf(defaultValue),
                "",
                "[\"…\", …]",
                sentence,
                value -> {
                    if (value instanceof List<?> list
                            && list.stream().allMatch(String.class::isInstance)) {
                        return list.stream()
                                .map(String.class::cast)
                                .collect(Collectors.toUnmodifiableList());
                    }
                    throw new IllegalArgumentException("not a list of texts");
                });
    }
}
