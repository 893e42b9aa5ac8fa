package io.kepm.mqtt;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections that are not admitted yet, oldest first. One too many, and the oldest goes: who fills
 * the doorstep pushes out mostly oneself. Used on the broker's thread only.
 */
final class Doorstep {

    private final int most;
    private final Set<Connection> waiting = new LinkedHashSet<>();

    Doorstep(int most) {
        this.most = most;
    }

    void arrive(Connection connection) {
        waiting.add(connection);
        if (waiting.size() > most) {
            Iterator<Connection> oldest = waiting.iterator();
            Connection first = oldest.next();
            oldest.remove();
            first.drop("too many connections wait to be admitted");
        }
    }

    void leave(Connection connection) {
        waiting.remove(connection);
    }

    List<Connection> all() {
        return List.copyOf(waiting);
    }
}
