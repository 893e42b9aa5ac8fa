package io.kepm.elevation;

import io.kepm.api.linux.Scopes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Scopes in memory: a test says who is in one, and reads what was asked of them. */
final class FakeScopes implements Scopes {

    Means means = Means.NONE;
    final Map<String, Set<Integer>> members = new TreeMap<>();
    final List<String> asked = new ArrayList<>();
    boolean broken;

    /** Runs when a process was put into one, before that is answered. */
    Runnable afterPut = () -> {};

    @Override
    public Means means() {
        return means;
    }

    @Override
    public void put(String id, int pid, long startTicks, Duration most) throws IOException {
        if (broken) {
            throw new IOException("no bus");
        }
        asked.add("put " + pid + " " + most.toMinutes() + "m");
        members.put(id, new HashSet<>(Set.of(pid)));
        afterPut.run();
    }

    @Override
    public void prolong(String id, Duration most) throws IOException {
        if (broken) {
            throw new IOException("no bus");
        }
        asked.add("prolong " + most.toMinutes() + "m");
    }

    @Override
    public Set<Integer> members(String id) {
        return members.getOrDefault(id, Set.of());
    }

    @Override
    public Set<String> present() {
        return Set.copyOf(members.keySet());
    }

    @Override
    public void end(String id, Duration grace) {
        asked.add("end " + grace.toSeconds() + "s");
        if (grace.isZero()) {
            members.remove(id);
        }
    }

    @Override
    public void endTree(int pid, long startTicks, Duration grace) {
        asked.add("tree " + pid + " " + grace.toSeconds() + "s");
    }
}
