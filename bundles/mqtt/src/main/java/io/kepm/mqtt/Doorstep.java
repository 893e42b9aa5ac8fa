package io.kepm.mqtt;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections that are not admitted yet, oldest first. One too many, and the oldest goes of the
 * user who has the most of them: who fills the doorstep pushes out nobody but oneself. What was
 * launched stays, within a share, however many others come with one each, also of the user as whom
 * it runs. Used on the broker's thread only.
 */
final class Doorstep {

    /**
     * Of all places, what was launched may hold of a user without being pushed out by strangers.
     */
    private static final int SHARE = 4;

    private final int most;
    private final Map<Connection, Guest> waiting = new LinkedHashMap<>();

    Doorstep(int most) {
        this.most = most;
    }

    /** Whoever was launched is another guest than the user as whom it runs. */
    private record Guest(long uid, boolean expected) {}

    void arrive(Connection connection, Arrival arrival) {
        waiting.put(connection, new Guest(arrival.counts(), arrival.expected()));
        if (waiting.size() > most) {
            Connection first = oldestOfTheGreediest();
            waiting.remove(first);
            first.turnAway(Refusals.Why.ROOM);
        }
    }

    private Connection oldestOfTheGreediest() {
        Map<Guest, Integer> counts = new HashMap<>();
        waiting.values().forEach(guest -> counts.merge(guest, 1, Integer::sum));
        List<Map.Entry<Connection, Guest>> others =
                waiting.entrySet().stream()
                        .filter(entry -> !stays(entry.getValue(), counts))
                        .toList();
        List<Map.Entry<Connection, Guest>> may =
                others.isEmpty() ? List.copyOf(waiting.entrySet()) : others;
        int share =
                may.stream()
                        .mapToInt(entry -> counts.getOrDefault(entry.getValue(), 0))
                        .max()
                        .orElseThrow();
        return may.stream()
                .filter(entry -> counts.getOrDefault(entry.getValue(), 0) == share)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private boolean stays(Guest guest, Map<Guest, Integer> counts) {
        return guest.expected() && counts.getOrDefault(guest, 0) <= most / SHARE;
    }

    void leave(Connection connection) {
        waiting.remove(connection);
    }
}
