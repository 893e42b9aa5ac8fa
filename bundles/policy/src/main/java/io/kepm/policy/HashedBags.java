package io.kepm.policy;

import java.util.Arrays;

/**
 * Numbers of policies under hashes, in few lines of memory: a look-up that finds nothing touches a
 * filter of bits, one that finds something one more word. Two keys with one hash share their
 * policies; whoever asks looks at each policy anyway. Immutable, for any number of threads.
 */
final class HashedBags {

    /** What a look-up finds: the numbers in {@link #bags} from an offset on, or a single one. */
    private static final int DEEPER = 1 << 31;

    private static final int SINGLE = 1;
    private static final int BITS_EACH = 16;

    private final long[] table;
    private final long[] seen;
    private final int[] bags;

    private HashedBags(long[] table, long[] seen, int[] bags) {
        this.table = table;
        this.seen = seen;
        this.bags = bags;
    }

    /** A hash with a further part. */
    static int mix(int hash, int more) {
        int mixed = (hash ^ more) * 0x9E3779B1;
        return (mixed ^ (mixed >>> 15)) * 0x85EBCA77;
    }

    /**
     * Adds what is filed under a hash.
     *
     * @return whether something is filed under a hash that goes on from this one
     */
    boolean collect(int hash, IntBag found) {
        int bit = hash & (seen.length * Long.SIZE - 1);
        if ((seen[bit >> 6] & (1L << bit)) == 0) {
            return false;
        }
        int mask = table.length - 1;
        for (int at = place(hash) & mask; table[at] != 0; at = (at + 1) & mask) {
            if ((int) (table[at] >>> 32) == hash) {
                int word = (int) table[at];
                add(word & ~DEEPER, found);
                return (word & DEEPER) != 0;
            }
        }
        return false;
    }

    private void add(int word, IntBag found) {
        if ((word & SINGLE) != 0) {
            found.add(word >>> 1);
            return;
        }
        int offset = word >>> 1;
        for (int i = 1; i <= bags[offset]; i++) {
            found.add(bags[offset + i]);
        }
    }

    private static int place(int hash) {
        return hash >>> 7 ^ hash;
    }

    /** Collects what is to be filed. For one thread. */
    static final class Builder {

        private static final int MARK = -1;

        /** The hash, and in the lower half the policy; a mark comes last of its hash. */
        private long[] filings = {};

        private int size;

        void add(int hash, int policy) {
            if (size == filings.length) {
                filings = Arrays.copyOf(filings, Math.max(2, 2 * size));
            }
            filings[size++] = (long) hash << 32 | Integer.toUnsignedLong(policy);
        }

        /** Notes that something is filed under a hash that goes on from this one. */
        void markDeeper(int hash) {
            add(hash, MARK);
        }

        private static int hash(long filing) {
            return (int) (filing >>> 32);
        }

        private int hashes() {
            int hashes = 0;
            for (int i = 0; i < size; i++) {
                hashes += i == 0 || hash(filings[i]) != hash(filings[i - 1]) ? 1 : 0;
            }
            return hashes;
        }

        HashedBags build() {
            Arrays.sort(filings, 0, size);
            int hashes = hashes();
            int places = 2;
            while (places < hashes * 2) {
                places *= 2;
            }
            long[] table = new long[places];
            long[] seen = new long[Math.max(1, places / 2 * BITS_EACH / Long.SIZE)];
            // The first word stays unused, so that no offset makes an empty entry.
            IntBag bags = new IntBag();
            bags.add(0);
            int[] policies = new int[size];
            for (int from = 0, to; from < size; from = to) {
                int hash = hash(filings[from]);
                int found = 0;
                boolean deeper = false;
                for (to = from; to < size && hash(filings[to]) == hash; to++) {
                    int policy = (int) filings[to];
                    deeper |= policy == MARK;
                    if (policy != MARK && (found == 0 || policies[found - 1] != policy)) {
                        policies[found++] = policy;
                    }
                }
                int word = word(policies, found, bags) | (deeper ? DEEPER : 0);
                int at = place(hash) & (table.length - 1);
                while (table[at] != 0) {
                    at = (at + 1) & (table.length - 1);
                }
                table[at] = (long) hash << 32 | Integer.toUnsignedLong(word);
                int bit = hash & (seen.length * Long.SIZE - 1);
                seen[bit >> 6] |= 1L << bit;
            }
            return new HashedBags(table, seen, bags.items());
        }

        private static int word(int[] policies, int count, IntBag bags) {
            if (count == 1) {
                return policies[0] << 1 | SINGLE;
            }
            int offset = bags.size();
            bags.add(count);
            for (int i = 0; i < count; i++) {
                bags.add(policies[i]);
            }
            return offset << 1;
        }
    }
}
