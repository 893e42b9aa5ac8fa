package io.kepm.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of every sentence that the command line says. Another language is a file {@code
 * messages_LANGUAGE.properties} beside it; what that one lacks is said in English. A {@code {0}} in
 * a sentence is replaced by a value, which is escaped for terminals on the way.
 */
public final class Messages {

    private final Properties sentences;

    private Messages(Properties sentences) {
        this.sentences = sentences;
    }

    /**
     * The catalogue of a language.
     *
     * @param language two or three letters, such as {@code de}; anything else is English
     */
    public static Messages of(String language) {
        Properties english = new Properties();
        if (!load(english, "/io/kepm/cli/messages.properties")) {
            throw new IllegalStateException("messages.properties is missing in this installation");
        }
        if (!isLanguage(language) || language.equals("en")) {
            return new Messages(english);
        }
        Properties other = new Properties(english);
        load(other, "/io/kepm/cli/messages_" + language + ".properties");
        return new Messages(other);
    }

    private static boolean isLanguage(String text) {
        boolean letters = text.length() == 2 || text.length() == 3;
        for (int i = 0; i < text.length(); i++) {
            letters &= text.charAt(i) >= 'a' && text.charAt(i) <= 'z';
        }
        return letters;
    }

    private static boolean load(Properties sentences, String resource) {
        try (InputStream in = Messages.class.getResourceAsStream(resource)) {
            if (in == null) {
                return false;
            }
            sentences.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sentence of that key with its values in place. */
    public String get(String key, Object... values) {
        Optional<String> sentence = find(key, values);
        if (sentence.isEmpty()) {
            throw new IllegalArgumentException("no sentence for " + key);
        }
        return sentence.get();
    }

    /** Like {@link #get} where there may be none. */
    public Optional<String> find(String key, Object... values) {
        @Nullable String pattern = sentences.getProperty(key);
        return pattern == null ? Optional.empty() : Optional.of(fill(pattern, values));
    }

    /** The sentence {@code key.one} or {@code key.many}, whose {@code {0}} is the number. */
    public String count(String key, long number) {
        return get(number == 1 ? key + ".one" : key + ".many", number);
    }

    private static String fill(String pattern, Object[] values) {
        int open = pattern.indexOf('{');
        if (open < 0 || values.length == 0) {
            return pattern;
        }
        StringBuilder out = new StringBuilder(pattern.length() + 32);
        for (int i = 0; i < pattern.length(); i++) {
            int index = i + 2 < pattern.length() ? pattern.charAt(i + 1) - '0' : -1;
            if (pattern.charAt(i) == '{'
                    && index >= 0
                    && index < values.length
                    && pattern.charAt(i + 2) == '}') {
                out.append(TerminalText.escape(String.valueOf(values[index])));
                i += 2;
            } else {
                out.append(pattern.charAt(i));
            }
        }
        return out.toString();
    }
}
