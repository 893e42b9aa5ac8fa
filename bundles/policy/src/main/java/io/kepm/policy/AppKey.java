package io.kepm.policy;

import java.util.List;

/**
 * One thing about a program by which a policy can be found. A policy is filed under keys such that
 * every request it may match carries at least one of them.
 *
 * @param words literal arguments that have to follow, first ones first; for paths and names only
 */
record AppKey(Kind kind, String text, List<String> words) {

    /** What is compared. */
    enum Kind {
        ANY(0),
        PATH(1),
        NAME(2),
        DIGEST(3),
        /** Requests that carry no digest; without text. */
        NO_DIGEST(4),
        /** Of a path; ends with a slash. */
        FOLDER(5),
        PATH_PREFIX(6),
        NAME_PREFIX(7),
        /** Of a path; begins with a slash. */
        TAIL(8),
        SUFFIX(9);

        private final int salt;

        Kind(int salt) {
            this.salt = salt;
        }

        /** Whether texts of this kind are compared from their ends. */
        boolean isBehind() {
            return this == TAIL || this == SUFFIX;
        }
    }

    static final AppKey ANY = of(Kind.ANY, "");

    static AppKey of(Kind kind, String text) {
        return new AppKey(kind, text, List.of());
    }

    static AppKey prefix(String text) {
        return of(text.endsWith("/") ? Kind.FOLDER : Kind.PATH_PREFIX, text);
    }

    static AppKey suffix(String text) {
        return of(text.startsWith("/") ? Kind.TAIL : Kind.SUFFIX, text);
    }

    /** What it is filed under; two keys may share it. */
    int hash() {
        int hash = hash(kind, kind.isBehind() ? reversed(text) : text.hashCode());
        for (String word : words) {
            hash = HashedBags.mix(hash, word.hashCode());
        }
        return hash;
    }

    /** {@code textHash}: as {@link String#hashCode}, or {@link #reversed}. */
    static int hash(Kind kind, int textHash) {
        return HashedBags.mix(textHash, kind.salt);
    }

    /** The hash of a text read from its end. */
    static int reversed(String text) {
        int hash = 0;
        for (int i = text.length() - 1; i >= 0; i--) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }
}
