package io.kepm.mqtt;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections that are not admitted yet, oldest first. One too many, and the oldest goes of the
 * user who has the most of them: who fills the doorstep pushes out nobody but oneself. Users of
 * whom somebody is expected stay, within a share, however many others come with one each. Used on
 * the broker's thread only.
 */
final class Doorstep {

    /** Of all places, what expected users may hold each without being pushed out by strangers. */
    private static final int SHARE = 4;

    private final int most;
    private final Map<Connection, Guest> waiting = new LinkedHashMap<>();

    Doorstep(int most) {
        this.most = most;
    }

    private record Guest(long uid, boolean expected) {}

    /**
     * Adds one.
     *
     * @param uid whose it is; -1 where that can't be told, for all of them together
     * @param expected whether something that the agent launched runs as that user
     */
    void arrive(Connection connection, long uid, boolean expected) {
        waiting.put(connection, new Guest(uid, expected));
        if (waiting.size() > most) {
            Connection first = oldestOfTheGreediest();
            waiting.remove(first);
            first.drop("too many connections wait to be admitted");
        }
    }

    private Connection oldestOfTheGreediest() {
        Map<Long, Integer> counts = new HashMap<>();
        waiting.values().forEach(guest -> counts.merge(guest.uid(), 1, Integer::sum));
        List<Map.Entry<Connection, Guest>> others =
                waiting.entrySet().stream()
                        .filter(entry -> !stays(entry.getValue(), counts))
                        .toList();
        List<Map.Entry<Connection, Guest>> may =
                others.isEmpty() ? List.copyOf(waiting.entrySet()) : others;
        int share =
                may.stream()
                        .mapToInt(entry -> counts.getOrDefault(entry.getValue().uid(), 0))
                        .max()
                        .orElseThrow();
        return may.stream()
                .filter(entry -> counts.getOrDefault(entry.getValue().uid(), 0) == share)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private boolean stays(Guest guest, Map<Long, Integer> counts) {
        return guest.expected() && counts.getOrDefault(guest.uid(), 0) <= most / SHARE;
    }

    void leave(Connection connection) {
        waiting.remove(connection);
    }
}
