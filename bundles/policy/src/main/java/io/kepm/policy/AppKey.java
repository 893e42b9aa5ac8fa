package io.kepm.policy;

import java.util.List;

/**
 * One thing about a program by which a policy can be found. A policy is filed under keys such that
 * every request it may match carries at least one of them.
 *
 * @param words literal arguments that have to follow, first ones first
 */
record AppKey(Kind kind, String text, List<String> words) {

    /** What is compared. */
    enum Kind {
        ANY,
        PATH,
        NAME,
        DIGEST,
        PATH_PREFIX,
        NAME_PREFIX,
        SUFFIX
    }

    static final AppKey ANY = of(Kind.ANY, "");

    static AppKey of(Kind kind, String text) {
        return new AppKey(kind, text, List.of());
    }
}
