package io.kepm.mqtt;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts refusals on record from a thread of its own ({@code mqtt-records}), so that the disk never
 * holds up the broker. When 1,000 wait, further ones are counted, and one line of the log says how
 * many; what was refused stays refused.
 */
final class Records implements AutoCloseable {

    static final int WAITING = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Records.class);

    /** Wakes the thread when it should end. */
    private static final AuditDraft END =
            AuditDraft.of(AuditType.PROCESS_AUTHENTICATION_FAILED, "").build();

    private final AuditLog audit;
    private final BlockingQueue<AuditDraft> queue = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    Records(AuditLog audit) {
        this.audit = audit;
        thread = new Thread(this::run, "mqtt-records");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(AuditDraft draft) {
        if (!queue.offer(draft)) {
            lost.incrementAndGet();
        }
    }

    /** How many could not be kept; only ever grows. */
    long lost() {
        return lost.get();
    }

    private void run() {
        long told = 0;
        try {
            while (!closing || !queue.isEmpty()) {
                AuditDraft draft = queue.poll(1, TimeUnit.SECONDS);
                if (draft != null && !draft.equals(END)) {
                    append(draft);
                }
                if (lost.get() != told && queue.isEmpty()) {
                    LOG.warn("{} refusals were not put on record: too many", lost.get() - told);
                    told = lost.get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void append(AuditDraft draft) {
        try {
            audit.append(draft);
        } catch (StorageException | RuntimeException e) {
            lost.incrementAndGet();
            LOG.warn("a refusal could not be put on record: {}", e.getMessage());
        }
    }

    /** Waits up to two seconds for what is in the queue. */
    @Override
    public void close() {
        closing = true;
        boolean unused = queue.offer(END);
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
