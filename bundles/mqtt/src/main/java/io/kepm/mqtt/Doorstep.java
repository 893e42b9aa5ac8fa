package io.kepm.mqtt;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Connections that are not admitted yet, oldest first. One too many, and the oldest goes of the
 * user who has the most of them: who fills the doorstep pushes out nobody but oneself. Used on the
 * broker's thread only.
 */
final class Doorstep {

    private final int most;
    private final Map<Connection, Long> waiting = new LinkedHashMap<>();

    Doorstep(int most) {
        this.most = most;
    }

    /**
     * Adds one.
     *
     * @param uid whose it is; -1 where that can't be told, for all of them together
     */
    void arrive(Connection connection, long uid) {
        waiting.put(connection, uid);
        if (waiting.size() > most) {
            Connection first = oldestOfTheGreediest();
            waiting.remove(first);
            first.drop("too many connections wait to be admitted");
        }
    }

    private Connection oldestOfTheGreediest() {
        Map<Long, Integer> counts = new HashMap<>();
        waiting.values().forEach(uid -> counts.merge(uid, 1, Integer::sum));
        int share = counts.values().stream().max(Integer::compare).orElseThrow();
        return waiting.entrySet().stream()
                .filter(entry -> counts.getOrDefault(entry.getValue(), 0) == share)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    void leave(Connection connection) {
        waiting.remove(connection);
    }
}
