package io.kepm.cli.verb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each of many names came; beyond so many names the new ones count as one. */
final class Tally {

    /** The one name of all beyond {@link #MOST}; no user, path or route is called so. */
    static final String OTHERS = "…";

    static final int MOST = 10_000;

    private final Map<String, Long> counts = new HashMap<>();
    private long all;

    /** A name and how often it came. */
    record Count(String name, long number) {}

    void add(String name) {
        add(name, 1);
    }

    void add(String name, long number) {
        all += number;
        String known = counts.containsKey(name) || counts.size() < MOST ? name : OTHERS;
        counts.merge(known, number, Long::sum);
    }

    /** All together. */
    long all() {
        return all;
    }

    long of(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** The most frequent first, then by name. */
    List<Count> top() {
        List<Count> top = new ArrayList<>();
        counts.forEach((name, number) -> top.add(new Count(name, number)));
        top.sort(
                (a, b) ->
                        a.number() == b.number()
                                ? a.name().compareTo(b.name())
                                : Long.compare(b.number(), a.number()));
        return top;
    }
}
