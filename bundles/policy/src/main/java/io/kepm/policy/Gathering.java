package io.kepm.policy;

import java.util.List;

/** A named collection of entries with its references resolved; compared by identity. */
final class Gathering<E> {

    private final String id;
    private final List<E> members;

    Gathering(String id, List<E> members) {
        this.id = id;
        this.members = List.copyOf(members);
    }

    String id() {
        return id;
    }

    List<E> members() {
        return members;
    }
}
