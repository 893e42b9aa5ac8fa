package io.kepm.elevation;

import java.time.Instant;

/** Whether the process a grant was given to still runs: same pid, same start. */
final class LiveProcess {

    private LiveProcess() {}

    /** When a process started, epoch milliseconds; 0 when it is gone or unknown. */
    static long startOf(int pid) {
        return pid <= 0
                ? 0
                : ProcessHandle.of(pid)
                        .flatMap(process -> process.info().startInstant())
                        .map(Instant::toEpochMilli)
                        .orElse(0L);
    }

    static boolean runs(StoredGrant stored) {
        return stored.started() != 0 && startOf(stored.pid()) == stored.started();
    }
}
