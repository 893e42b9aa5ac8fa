package io.kepm.linux;

import io.kepm.api.linux.Scopes;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/** A system without scopes: there is none, and none can be made. */
record NoScopes(ScheduledExecutorService later) implements Scopes {

    @Override
    public Means means() {
        return Means.NONE;
    }

    @Override
    public void put(String id, int pid, long startTicks, Duration most) throws IOException {
        throw new IOException("this system has neither systemd nor cgroups of version 2");
    }

    @Override
    public void prolong(String id, Duration most) {
        // Nobody ends one.
    }

    @Override
    public Set<Integer> members(String id) {
        return Set.of();
    }

    @Override
    public Set<String> present() {
        return Set.of();
    }

    @Override
    public void end(String id, Duration grace) {}

    @Override
    public void endTree(int pid, long startTicks, Duration grace) throws IOException {
        new TreeEnd(pid, startTicks).begin(grace, later);
    }
}
