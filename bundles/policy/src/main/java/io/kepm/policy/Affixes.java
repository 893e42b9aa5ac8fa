package io.kepm.policy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers of policies under texts that something begins or ends with. Only the lengths that occur
 * are looked up, and a filter of hashed bits, built along the way, keeps most look-ups from
 * touching the map at all. Filled once, then read by any number of threads.
 */
final class Affixes {

    private static final int BITS_EACH = 16;

    private final boolean behind;
    private final Map<String, IntBag> policies = new HashMap<>();
    private int[] lengths = {};
    private long[] seen = new long[4];

    /** {@code behind}: compared with the end of a text rather than its beginning. */
    Affixes(boolean behind) {
        this.behind = behind;
    }

    void add(String text, int policy) {
        policies.computeIfAbsent(text, t -> new IntBag()).add(policy);
        if (Arrays.binarySearch(lengths, text.length()) < 0) {
            lengths = Arrays.copyOf(lengths, lengths.length + 1);
            lengths[lengths.length - 1] = text.length();
            Arrays.sort(lengths);
        }
        if (policies.size() * BITS_EACH > seen.length * Long.SIZE) {
            seen = new long[seen.length * 2];
            policies.keySet().forEach(this::mark);
        } else {
            mark(text);
        }
    }

    private void mark(String text) {
        int hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + at(text, 0, i);
        }
        int bit = bit(hash);
        seen[bit >> 6] |= 1L << bit;
    }

    private char at(String text, int from, int i) {
        return text.charAt(behind ? text.length() - 1 - i : from + i);
    }

    private int bit(int hash) {
        int mixed = hash * 0x9E3779B1;
        return (mixed ^ (mixed >>> 15)) & (seen.length * Long.SIZE - 1);
    }

    /** Adds what is filed under the beginning, from an index on, or under the end of a text. */
    void collect(String text, int from, IntBag found) {
        int hash = 0;
        int done = 0;
        for (int length : lengths) {
            if (length > text.length() - from) {
                return;
            }
            for (; done < length; done++) {
                hash = 31 * hash + at(text, from, done);
            }
            int bit = bit(hash);
            if ((seen[bit >> 6] & (1L << bit)) != 0) {
                int start = behind ? text.length() - length : from;
                IntBag filed = policies.get(text.substring(start, start + length));
                if (filed != null) {
                    found.addAll(filed);
                }
            }
        }
    }
}
