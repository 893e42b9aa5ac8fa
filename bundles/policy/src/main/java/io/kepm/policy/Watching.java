package io.kepm.policy;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Since when each policy only watches ({@code monitor}, {@code monitor_and_notify}), so that none
 * is forgotten in that state.
 *
 * @param since by policy id
 */
record Watching(Map<String, Instant> since) {

    static final String KEY = "watching-since";
    static final Watching NOTHING = new Watching(Map.of());

    Watching {
        since = Map.copyOf(since);
    }

    /** The same for another set: who watched before keeps its time. */
    Watching with(PolicySet set, Instant now) {
        Map<String, Instant> next = new TreeMap<>();
        for (PolicyDocument policy : set.policies()) {
            if (isWatching(policy.status())) {
                next.put(policy.id(), since.getOrDefault(policy.id(), now));
            }
        }
        return new Watching(next);
    }

    private static boolean isWatching(PolicyStatus status) {
        return status == PolicyStatus.MONITOR || status == PolicyStatus.MONITOR_AND_NOTIFY;
    }

    /** Ids of those that watch for longer than this, in order. */
    List<String> longerThan(Duration most, Instant now) {
        return since.entrySet().stream()
                .filter(entry -> entry.getValue().plus(most).isBefore(now))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** A line for each: the instant, a space, the id (which holds no line break). */
    byte[] toBytes() {
        StringBuilder text = new StringBuilder();
        since.forEach((id, from) -> text.append(from).append(' ').append(id).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What {@link #toBytes} wrote; a line that is not well is left out: it counts from now. */
    static Watching of(byte[] bytes) {
        Map<String, Instant> since = new TreeMap<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                try {
                    since.put(line.substring(space + 1), Instant.parse(line.substring(0, space)));
                } catch (DateTimeException e) {
                    // Left out.
                }
            }
        }
        return new Watching(since);
    }
}
