package io.kepm.policy;

import java.util.List;
import java.util.function.Function;

/**
 * How an entry relates to a request, from weakest to strongest.
 *
 * <p>A {@link #HOLE} is an entry with a variable that has no usable value: it matches nothing,
 * except in a policy that denies, where it counts as matching (policy.md §3).
 */
enum Fit {
    NO,
    HOLE,
    /**
     * The program that runs, but under another file name: one that does many things by its name may
     * do another one then. It binds, and gives nothing by itself.
     */
    OTHER_NAME,
    /** Only because of the digest of the file. */
    DIGEST,
    YES;

    static Fit of(boolean matches) {
        return matches ? YES : NO;
    }

    boolean matches(boolean denies) {
        return compareTo(HOLE) > 0 || (this == HOLE && denies);
    }

    Fit or(Fit other) {
        return compareTo(other) >= 0 ? this : other;
    }

    Fit and(Fit other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** The strongest that any of the entries has. */
    static <E> Fit any(List<E> entries, Function<E, Fit> judge) {
        Fit best = NO;
        for (int i = 0; i < entries.size() && best != YES; i++) {
            best = best.or(judge.apply(entries.get(i)));
        }
        return best;
    }
}
