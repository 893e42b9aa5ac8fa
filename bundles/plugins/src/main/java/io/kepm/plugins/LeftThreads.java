package io.kepm.plugins;

import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;

/** Threads that a bundle left behind: they are told to end, which only they themselves can do. */
final class LeftThreads {

    private LeftThreads() {}

    /** Interrupts them; a sentence, or empty when there is none. */
    static String of(Bundle bundle) {
        List<Thread> left =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread != Thread.currentThread())
                        .filter(
                                thread ->
                                        isOf(thread.getClass().getClassLoader(), bundle)
                                                || isOf(thread.getContextClassLoader(), bundle)
                                                || runs(thread, bundle))
                        .toList();
        left.forEach(Thread::interrupt);
        return left.isEmpty()
                ? ""
                : "it left "
                        + left.size()
                        + " threads behind, such as `"
                        + left.get(0).getName()
                        + "`";
    }

    private static boolean runs(Thread thread, Bundle bundle) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            String name = frame.getClassName().replace('.', '/') + ".class";
            if (!name.startsWith("java/")
                    && !name.startsWith("jdk/")
                    && bundle.getEntry(name) != null) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOf(
            @org.jspecify.annotations.Nullable ClassLoader loader, Bundle bundle) {
        return loader instanceof BundleReference reference && bundle.equals(reference.getBundle());
    }
}
