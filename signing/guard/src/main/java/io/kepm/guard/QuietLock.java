package io.kepm.guard;

import org.apache.felix.utils.properties.Properties;
import org.apache.karaf.main.lock.Lock;

/**
 * What Karaf's monitor thread asks whether it may go on, again and again all day: it may, and is
 * told so slowly. The end of the agent interrupts it, so that a stop waits for nothing. That one
 * agent alone runs is seen to by {@link Launcher}.
 */
public final class QuietLock implements Lock {

    private static final long PAUSE_MILLIS = 10_000;

    /** Karaf makes one by the name of its class. */
    public QuietLock(Properties ignored) {}

    @Override
    public boolean lock() {
        return true;
    }

    @Override
    public void release() {
        // Nothing was taken.
    }

    @Override
    public boolean isAlive() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // Karaf's own pause, which comes next, ends by it too.
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
