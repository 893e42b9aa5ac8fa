package io.kepm.cli.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody who mistyped a word may have meant. Pure. */
public final class Nearest {

    private static final int LONGEST = 80;

    private Nearest() {}

    /** The word that differs in fewer than {@code less} letters, the nearest first. */
    public static Optional<String> of(String typed, Collection<String> words, int less) {
        String nearest = "";
        int least = less;
        for (String word : words) {
            int distance = distance(typed, word);
            if (distance < least) {
                least = distance;
                nearest = word;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    /** How many letters have to change (Levenshtein), in any case; long words are not looked at. */
    private static int distance(String typed, String word) {
        if (typed.length() > LONGEST) {
            return typed.length();
        }
        String a = typed.toLowerCase(Locale.ROOT);
        String b = word.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
