package io.kepm.policy;

import java.util.BitSet;

/**
 * A word with {@code *}, {@code ?} or {@code [} as a tool may expand it, asked the careful way: a
 * class of characters stands for any of them.
 */
final class ShellGlob {

    private static final char STAR = '\ue000';
    private static final char ONE = '\ue001';

    private final String tokens;

    ShellGlob(String word) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '[') {
                int end = word.indexOf(']', Math.min(word.length(), i + 2));
                out.append(end < 0 ? STAR : ONE);
                i = end < 0 ? word.length() : end;
            } else {
                out.append(c == '*' ? STAR : c == '?' ? ONE : c);
            }
        }
        tokens = out.toString();
    }

    static boolean isGlob(String word) {
        return word.indexOf('*') >= 0 || word.indexOf('?') >= 0 || word.indexOf('[') >= 0;
    }

    boolean couldBe(String name) {
        return after(name).get(tokens.length());
    }

    boolean couldBeginWith(String name) {
        return !after(name).isEmpty();
    }

    /** The places in the pattern that can be reached by reading the text. */
    private BitSet after(String text) {
        BitSet at = new BitSet();
        reach(at, 0);
        for (int i = 0; i < text.length(); i++) {
            BitSet next = new BitSet();
            for (int p = at.nextSetBit(0); p >= 0; p = at.nextSetBit(p + 1)) {
                if (p == tokens.length()) {
                    continue;
                }
                char token = tokens.charAt(p);
                if (token == STAR) {
                    reach(next, p);
                } else if (token == ONE || token == text.charAt(i)) {
                    reach(next, p + 1);
                }
            }
            at = next;
        }
        return at;
    }

    private void reach(BitSet set, int place) {
        int p = place;
        set.set(p);
        while (p < tokens.length() && tokens.charAt(p) == STAR) {
            set.set(++p);
        }
    }
}
