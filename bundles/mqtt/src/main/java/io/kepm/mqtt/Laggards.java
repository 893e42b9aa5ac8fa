package io.kepm.mqtt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Listeners to the audit for whom the others wait. One that has {@link #HIGH} messages before it
 * holds up all; it has a while to get down to half of that, whatever little it takes of them, and
 * is then one to be cut off. While nobody waits for it, it may take its time. Not for use by two
 * threads.
 *
 * @param <L> a listener
 */
final class Laggards<L> {

    /** Messages outstanding beyond which nothing further is read for anybody. */
    static final int HIGH = 500;

    private static final int CAUGHT_UP = HIGH / 2;

    private final Duration longest;
    private final Map<L, Long> since = new HashMap<>();

    Laggards(Duration longest) {
        this.longest = longest;
    }

    /**
     * Those who are behind for too long.
     *
     * @param loads how many messages each listener has outstanding now
     */
    List<L> look(Map<L, Integer> loads, long nanos) {
        since.keySet().removeIf(listener -> loads.getOrDefault(listener, 0) <= CAUGHT_UP);
        if (loads.values().stream().allMatch(load -> load > CAUGHT_UP)) {
            // Nobody is faster than those who are late.
            since.clear();
            return List.of();
        }
        loads.forEach(
                (listener, load) -> {
                    if (load > HIGH) {
                        since.putIfAbsent(listener, nanos);
                    }
                });
        List<L> late = new ArrayList<>();
        since.forEach(
                (listener, began) -> {
                    if (nanos - began > longest.toNanos()) {
                        late.add(listener);
                    }
                });
        return late;
    }
}
