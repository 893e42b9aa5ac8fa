package io.kepm.api.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Scopes of processes: one process, and whatever it starts from then on, wherever that goes, held
 * together so that all of it can be ended. Safe for use by many threads. Each scope has an id of
 * letters, digits and dashes; an id that there is no scope of is no error.
 */
@ProviderType
public interface Scopes {

    /** What this system has. */
    Means means();

    /**
     * Puts a process into a scope of its own, away from the one that it was in. When this returns,
     * the kernel shows it there. What it started before stays where it is.
     *
     * @param startTicks start time since boot: with the pid it names one process for ever
     * @param most after it the service manager ends all of the scope, whether or not the agent
     *     lives; {@link Duration#ZERO} for never. Without a service manager nobody does.
     * @throws IOException when it is not in the scope, and why
     */
    void put(String id, int pid, long startTicks, Duration most) throws IOException;

    /**
     * Gives a scope, or a unit that was started for it, another time to end.
     *
     * @param most since its beginning
     * @throws IOException when the service manager ends it at the former time, and why
     */
    void prolong(String id, Duration most) throws IOException;

    /** The processes in a scope now. */
    Set<Integer> members(String id) throws IOException;

    /** Ids of the scopes that this agent, or one that is gone, made and that are still there. */
    Set<String> present() throws IOException;

    /**
     * Begins to end everything in a scope: asks it (TERM, HUP), and kills it after the grace, at
     * once when that is zero. Does not wait for the end.
     */
    void end(String id, Duration grace) throws IOException;

    /**
     * The same for a process without a scope: it and what the kernel shows as descended from it, or
     * as of its session. A process that left both gets away.
     */
    void endTree(int pid, long startTicks, Duration grace) throws IOException;

    /** Who ends a scope when its time is over. */
    enum Means {
        /** The service manager (systemd), also when the agent is dead. */
        SERVICE_MANAGER,
        /** The agent, as long as it lives (cgroup version 2). */
        AGENT,
        /** There are no scopes. */
        NONE
    }
}
