package io.kepm.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Numbers of policies filed by what they say about the program. It may offer too many, never too
 * few. Immutable, for any number of threads.
 */
final class AppIndex {

    private final HashedBags bags;
    private final int[] any;
    private final boolean names;
    private final boolean digests;
    private final long folders;
    private final long tails;
    private final int[] pathPrefixes;
    private final int[] namePrefixes;
    private final int[] suffixes;

    private AppIndex(Builder builder) {
        bags = builder.bags.build();
        any = builder.any.sorted();
        names = builder.names;
        digests = builder.digests;
        folders = builder.folders;
        tails = builder.tails;
        pathPrefixes = builder.pathPrefixes;
        namePrefixes = builder.namePrefixes;
        suffixes = builder.suffixes;
    }

    void collect(Facts facts, IntBag found) {
        found.addAll(any);
        collect(facts.named(), facts.arguments(), found);
        if (facts.real() != facts.named()) {
            collect(facts.real(), facts.arguments(), found);
        }
        if (digests) {
            String digest = facts.request().target().sha256().map(Thumbprint::plain).orElse("");
            AppKey.Kind kind = digest.isEmpty() ? AppKey.Kind.NO_DIGEST : AppKey.Kind.DIGEST;
            bags.collect(AppKey.hash(kind, digest.hashCode()), found);
        }
    }

    private void collect(PathText path, List<String> arguments, IntBag found) {
        collect(AppKey.hash(AppKey.Kind.PATH, path.text().hashCode()), arguments, found);
        if (names) {
            collect(AppKey.hash(AppKey.Kind.NAME, path.baseName().hashCode()), arguments, found);
        }
        int segments = path.segments();
        for (int i = 0; i < segments; i++) {
            if ((folders & depth(i + 1)) != 0) {
                bags.collect(AppKey.hash(AppKey.Kind.FOLDER, path.folderHash(i)), found);
            }
            if ((tails & depth(segments - i)) != 0) {
                bags.collect(AppKey.hash(AppKey.Kind.TAIL, path.tailHash(i)), found);
            }
        }
        affixes(AppKey.Kind.PATH_PREFIX, pathPrefixes, path.text(), 0, found);
        affixes(AppKey.Kind.NAME_PREFIX, namePrefixes, path.text(), path.base(), found);
        affixes(AppKey.Kind.SUFFIX, suffixes, path.text(), 0, found);
    }

    /** A bit for so many slashes in a key; very many share the last one. */
    private static long depth(int slashes) {
        return 1L << Math.min(slashes, Long.SIZE - 1);
    }

    /** What is filed under the text, and under the words that follow it as far as they go. */
    private void collect(int textHash, List<String> arguments, IntBag found) {
        int hash = textHash;
        for (int i = 0; bags.collect(hash, found) && i < arguments.size(); i++) {
            hash = HashedBags.mix(hash, arguments.get(i).hashCode());
        }
    }

    /** Each beginning, from an index on, or each end of a text that has one of the lengths. */
    private void affixes(AppKey.Kind kind, int[] lengths, String text, int from, IntBag found) {
        int hash = 0;
        int done = 0;
        for (int length : lengths) {
            if (length > text.length() - from) {
                return;
            }
            for (; done < length; done++) {
                int at = kind.isBehind() ? text.length() - 1 - done : from + done;
                hash = 31 * hash + text.charAt(at);
            }
            bags.collect(AppKey.hash(kind, hash), found);
        }
    }

    /** Takes what is to be filed. For one thread. */
    static final class Builder {

        private final HashedBags.Builder bags = new HashedBags.Builder();
        private final IntBag any = new IntBag();
        private boolean names;
        private boolean digests;
        private long folders;
        private long tails;
        private int[] pathPrefixes = {};
        private int[] namePrefixes = {};
        private int[] suffixes = {};

        void add(AppKey key, int policy) {
            int length = key.text().length();
            switch (key.kind()) {
                case ANY -> {
                    any.add(policy);
                    return;
                }
                case NAME -> names = true;
                case DIGEST, NO_DIGEST -> digests = true;
                case FOLDER -> folders |= depth(slashes(key));
                case TAIL -> tails |= depth(slashes(key));
                case PATH_PREFIX -> pathPrefixes = with(pathPrefixes, length);
                case NAME_PREFIX -> namePrefixes = with(namePrefixes, length);
                case SUFFIX -> suffixes = with(suffixes, length);
                case PATH -> {}
            }
            markWords(key);
            bags.add(key.hash(), policy);
        }

        private static int slashes(AppKey key) {
            int slashes = 0;
            for (int i = 0; i < key.text().length(); i++) {
                slashes += key.text().charAt(i) == '/' ? 1 : 0;
            }
            return slashes;
        }

        private void markWords(AppKey key) {
            for (int i = 0; i < key.words().size(); i++) {
                AppKey shorter = new AppKey(key.kind(), key.text(), key.words().subList(0, i));
                bags.markDeeper(shorter.hash());
            }
        }

        private static int[] with(int[] lengths, int length) {
            int at = Arrays.binarySearch(lengths, length);
            if (at >= 0) {
                return lengths;
            }
            int[] more = Arrays.copyOf(lengths, lengths.length + 1);
            more[lengths.length] = length;
            Arrays.sort(more);
            return more;
        }

        AppIndex build() {
            return new AppIndex(this);
        }
    }
}
