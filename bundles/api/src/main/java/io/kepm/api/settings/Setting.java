package io.kepm.api.settings;

import io.kepm.api.audit.Secrets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The one declaration of a setting; the check, the error text and the reference page come from it.
 *
 * @param key path in {@code appsettings.json}, members joined by {@code /}
 * @param type word for people: {@code integer}, {@code text}, {@code true or false}, {@code list of
 *     texts}, {@code list of objects}
 * @param defaultValue the value when the file does not name it
 * @param unit {@code seconds}, {@code minutes}, {@code port}…, or empty
 * @param allowed what may stand there, for the error text
 * @param sentence what it does
 * @param reader turns a JSON value (String, Long, Boolean, Map, List of these) into the typed one;
 *     throws {@link IllegalArgumentException} when it is not allowed
 * @param reach who may set it, and from when on it counts
 */
public record Setting<T>(
        String key,
        String type,
        T defaultValue,
        String unit,
        String allowed,
        String sentence,
        Function<Object, T> reader,
        Reach reach) {

    /** Who may set a value, and from when on it counts. */
    public enum Reach {
        /** Only root, in {@code appsettings.json}: what widens trust is never set from outside. */
        FILE("the file", "restart"),
        /** Also the API and policies; it counts from the next start on. */
        RESTART("file, API, policy", "restart"),
        /** Also the API and policies, and then at once; a change of the file at the next start. */
        LIVE("file, API, policy", "at once (file: restart)");

        private final String from;
        private final String when;

        Reach(String from, String when) {
            this.from = from;
            this.when = when;
        }

        /** Where it may be set, for people. */
        public String from() {
            return from;
        }

        /** From when on it counts, for people. */
        public String when() {
            return when;
        }
    }

    /** INVARIANT: what says nothing about it is set in the file alone. */
    public Setting(
            String key,
            String type,
            T defaultValue,
            String unit,
            String allowed,
            String sentence,
            Function<Object, T> reader) {
        this(key, type, defaultValue, unit, allowed, sentence, reader, Reach.FILE);
    }

    /** The same, and the API and policies may set it too. */
    public Setting<T> anywhere() {
        return reaching(Reach.RESTART);
    }

    /** The same, and what the API or a policy sets counts at once. */
    public Setting<T> live() {
        return reaching(Reach.LIVE);
    }

    private Setting<T> reaching(Reach other) {
        return new Setting<>(key, type, defaultValue, unit, allowed, sentence, reader, other);
    }

    /**
     * Whether its value is shown to nobody but the plugin whose it is: what has the name of a
     * secret. The agent itself takes none by a setting.
     */
    public boolean isSecret() {
        String word = key.substring(key.lastIndexOf('/') + 1);
        return key.startsWith(SettingName.PLUGINS)
                && Secrets.isNameOfSecret(word.substring(word.lastIndexOf('.') + 1));
    }

    /** A value as text for a record or a person: {@code ***} for a secret. */
    public String shown(Object value) {
        return isSecret() ? Secrets.HIDDEN : Secrets.hiddenInText(String.valueOf(value));
    }

    /** How it is called at the API and on the command line. */
    public SettingName name() {
        return SettingName.of(key);
    }

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

    /** Where a file is: an absolute path without {@code ..}; empty for none. */
    public static Setting<String> place(String key, String allowed, String sentence) {
        return new Setting<>(
                key,
                "text",
                "",
                "",
                allowed,
                sentence,
                value -> {
                    if (value instanceof String text
                            && (text.isEmpty() || text.matches("/[^\\p{Cntrl}]*"))
                            && !(text + "/").contains("/../")) {
                        return text;
                    }
                    throw new IllegalArgumentException(
                            "neither empty nor an absolute path without `..`");
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

    /** Names of files without their folders. */
    public static Setting<List<String>> baseNames(String key, String sentence) {
        Setting<List<String>> texts = texts(key, List.of(), sentence);
        return new Setting<>(
                key,
                texts.type(),
                texts.defaultValue(),
                "",
                "[\"NAME\", …], without `/`",
                sentence,
                value -> {
                    List<String> names = texts.reader().apply(value);
                    if (names.stream().anyMatch(name -> name.isEmpty() || name.contains("/"))) {
                        throw new IllegalArgumentException("not a list of names without `/`");
                    }
                    return names;
                });
    }

    public static Setting<List<Map<String, Object>>> objects(
            String key,
            List<Map<String, Object>> defaultValue,
            ObjectShape shape,
            String sentence) {
        return new Setting<>(
                key, "list of objects", defaultValue, "", shape.text(), sentence, shape::read);
    }
}
