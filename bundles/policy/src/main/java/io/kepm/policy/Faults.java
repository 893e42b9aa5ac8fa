package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong while a set is read. Bounded: a set that is wrong everywhere names its
 * first faults and says how many more there are. Not for use by two threads.
 */
final class Faults {

    private static final int MOST = 100;

    private final List<Fault> found = new ArrayList<>();
    private int count;

    void add(Fault fault) {
        count++;
        if (found.size() < MOST) {
            found.add(fault);
        }
    }

    /** Those of another part, after the ones that are here. */
    void addAll(Faults others) {
        for (Fault fault : others.found) {
            add(fault);
        }
        count += others.count - others.found.size();
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    List<Fault> list() {
        List<Fault> all = new ArrayList<>(found);
        if (count > MOST) {
            all.add(new Fault("", "", "", (count - MOST) + " further faults are not listed"));
        }
        return List.copyOf(all);
    }
}
