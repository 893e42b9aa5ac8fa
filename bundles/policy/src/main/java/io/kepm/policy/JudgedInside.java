package io.kepm.policy;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The programs that policies with {@code Intercept} name by their path: sudo has to know them
 * before it asks.
 */
record JudgedInside(PolicySet set) {

    List<String> programs() {
        NavigableSet<String> paths = new TreeSet<>();
        for (PolicyDocument policy : set.policies()) {
            if (policy.status() == PolicyStatus.ENFORCE && policy.terms().intercept()) {
                add(policy, paths);
            }
        }
        return List.copyOf(paths);
    }

    /** Whether sudo can be told of anything that a policy names. */
    static boolean isNamed(PolicyDocument policy) {
        NavigableSet<String> paths = new TreeSet<>();
        add(policy, paths);
        return !paths.isEmpty();
    }

    private static void add(PolicyDocument policy, NavigableSet<String> paths) {
        policy.extension().commands().forEach(rule -> path(rule.program(), paths));
        policy.filters().applications().forEach(entry -> entry(entry, paths));
    }

    private static void entry(AppEntry entry, NavigableSet<String> paths) {
        if (entry instanceof AppEntry.Located located) {
            path(located.pattern(), paths);
        } else if (entry instanceof AppEntry.Pinned pinned) {
            path(pinned.pattern(), paths);
        } else if (entry instanceof AppEntry.Collected collected) {
            collected.gathering().members().forEach(member -> entry(member, paths));
        }
    }

    private static void path(PathPattern pattern, NavigableSet<String> paths) {
        if (!pattern.isBare()) {
            pattern.literal().ifPresent(paths::add);
        }
    }
}
