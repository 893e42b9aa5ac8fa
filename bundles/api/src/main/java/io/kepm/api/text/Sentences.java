package io.kepm.api.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says to people, from the file {@code sentences.properties} beside one of its
 * classes. Another language is a file {@code sentences_LANGUAGE.properties} beside that, for the
 * language that the system property {@code kepm.language} names; what it lacks is said in English.
 * A {@code {0}} is replaced by a value as it is: whoever shows a sentence makes it safe to be
 * shown. Immutable.
 */
public final class Sentences {

    private static final String FILE = "sentences";

    private final Properties sentences;

    private Sentences(Properties sentences) {
        this.sentences = sentences;
    }

    /** Those beside a class, in the language of this agent. */
    public static Sentences beside(Class<?> one) {
        return beside(one, System.getProperty("kepm.language", ""));
    }

    /** Those beside a class in a language of two or three letters; anything else is English. */
    public static Sentences beside(Class<?> one, String language) {
        Properties english = new Properties();
        if (!load(english, one, FILE + ".properties")) {
            throw new IllegalStateException(
                    "there is no " + FILE + ".properties beside " + one.getName());
        }
        if (!language.matches("[a-z]{2,3}")) {
            return new Sentences(english);
        }
        Properties other = new Properties(english);
        load(other, one, FILE + "_" + language + ".properties");
        return new Sentences(other);
    }

    private static boolean load(Properties sentences, Class<?> one, String name) {
        try (InputStream in = one.getResourceAsStream(name)) {
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
    public String say(String key, Object... values) {
        @Nullable String pattern = sentences.getProperty(key);
        if (pattern == null) {
            throw new IllegalArgumentException("no sentence for " + key);
        }
        StringBuilder out = new StringBuilder(pattern.length() + 32);
        for (int i = 0; i < pattern.length(); i++) {
            int index = place(pattern, i);
            if (index >= 0 && index < values.length) {
                out.append(values[index]);
                i += 2;
            } else {
                out.append(pattern.charAt(i));
            }
        }
        return out.toString();
    }

    /** The sentence {@code key.one} or {@code key.many}, whose {@code {0}} is the number. */
    public String count(String key, long number, Object... more) {
        Object[] values = new Object[more.length + 1];
        values[0] = number;
        System.arraycopy(more, 0, values, 1, more.length);
        return say(key + (number == 1 ? ".one" : ".many"), values);
    }

    /** The number in {@code {0}}; -1 when there is none here. */
    private static int place(String pattern, int at) {
        boolean found =
                at + 2 < pattern.length()
                        && pattern.charAt(at) == '{'
                        && pattern.charAt(at + 2) == '}';
        return found ? Character.digit(pattern.charAt(at + 1), 10) : -1;
    }
}
