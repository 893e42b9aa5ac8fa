package io.kepm.plugins;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Code of bundles that do what no plugin should. */
final class Misbehaving {

    private Misbehaving() {}

    /** Two threads that wait for each other's lock: nothing but the end of the JVM ends that. */
    public static final class Deadlocked implements BundleActivator {
        @Override
        public void start(BundleContext context) throws InterruptedException {
            Object ours = new Object();
            Object theirs = new Object();
            CountDownLatch both = new CountDownLatch(2);
            Thread other = new Thread(() -> lock(theirs, ours, both), "deadlocked");
            other.setDaemon(true);
            other.start();
            lock(ours, theirs, both);
        }

        private static void lock(Object first, Object second, CountDownLatch both) {
            synchronized (first) {
                both.countDown();
                while (both.getCount() > 0) {
                    Thread.onSpinWait();
                }
                synchronized (second) {
                    throw new IllegalStateException("no deadlock");
                }
            }
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Leaves a thread behind, which ends when it is told to. */
    public static final class Leaking implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            Thread thread = new Thread(Leaking::run, "left-behind");
            thread.setDaemon(true);
            thread.start();
        }

        private static void run() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Does as it should. */
    public static final class Quiet implements BundleActivator {
        @Override
        public void start(BundleContext context) {}

        @Override
        public void stop(BundleContext context) {}
    }

    /** Throws when it is started, and what is no exception. */
    public static final class Throwing implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new StackOverflowError("deep");
        }

        @Override
        public void stop(BundleContext context) {}
    }
}
