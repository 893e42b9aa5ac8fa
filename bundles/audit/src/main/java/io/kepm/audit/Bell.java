package io.kepm.audit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.service.component.annotations.Component;

/**
 * Tells who waits for records that there are new ones. It is rung by the thread that committed
 * them, so whoever listens may do nothing there but wake somebody. Safe for use by many threads.
 */
@Component(service = Bell.class)
public final class Bell {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong newest = new AtomicLong();

    /** Says that records up to this place are on disk. */
    public void ring(long seq) {
        newest.accumulateAndGet(seq, Math::max);
        listeners.forEach(Runnable::run);
    }

    /** The highest place that was ever rung; 0 before. */
    public long newest() {
        return newest.get();
    }

    /**
     * Adds one that is told.
     *
     * @param listener must neither block nor throw
     */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }
}
