package io.kepm.sudo;

import io.kepm.api.text.Sentences;

/** What people read from the doors themselves: {@code sentences.properties}. */
final class Said {

    private static final Sentences SENTENCES = Sentences.beside(Said.class);

    private Said() {}

    static String of(String key, Object... values) {
        return SENTENCES.say(key, values);
    }
}
