package io.kepm.api.linux;

import java.util.List;

/**
 * Where a process comes from, as the kernel tells it.
 *
 * @param loginUid who logged in for it to run, by {@code /proc/PID/loginuid}, which {@code sudo}
 *     and a fork leave alone; -1 when nobody did
 * @param line the process first, then its parent, and so on up
 */
public record Origin(long loginUid, List<Step> line) {

    public Origin {
        line = List.copyOf(line);
    }

    /** A process; number and start (clock ticks since boot) name one for ever. */
    public record Step(int pid, long startTicks) {}
}
