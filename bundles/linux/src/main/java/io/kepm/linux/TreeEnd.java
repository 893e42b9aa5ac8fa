package io.kepm.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a process that is in no scope, with what descends from it: asks, and kills after the grace.
 * Who was there at first is killed then, though its forebears may be gone.
 */
record TreeEnd(int pid, long startTicks) {

    private static final Logger LOG = LoggerFactory.getLogger(TreeEnd.class);

    void begin(Duration grace, ScheduledExecutorService later) throws IOException {
        if (!ScopeId.isSame(pid, startTicks)) {
            return;
        }
        ProcessTree tree = ProcessTree.of(Optional.empty(), pid, startTicks);
        List<ProcStat> members = tree.members();
        if (grace.isZero()) {
            kill(members);
            return;
        }
        tree.signal(Libc.SIGTERM);
        tree.signal(Libc.SIGCONT);
        tree.signal(Libc.SIGHUP);
        var unused = later.schedule(() -> kill(members), grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void kill(List<ProcStat> members) {
        for (ProcStat member : members) {
            try {
                if (ScopeId.isSame(member.pid(), member.startTicks())) {
                    ProcessTree.of(Optional.empty(), member.pid(), member.startTicks()).kill();
                }
            } catch (IOException e) {
                LOG.error("process {} can't be ended: {}", member.pid(), e.getMessage());
            }
        }
    }
}
