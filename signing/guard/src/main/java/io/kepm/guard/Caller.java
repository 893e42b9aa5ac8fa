package io.kepm.guard;

import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;

/** Whose code asks: a context or a service of somebody else's may be in its hands. */
public final class Caller {

    private static final StackWalker CALLERS =
            StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private Caller() {}

    /** The bundle of the code that is nearest on this thread, the framework itself apart. */
    public static Optional<Bundle> bundle() {
        ClassLoader own = Caller.class.getClassLoader();
        return CALLERS.walk(
                        frames ->
                                frames.map(StackWalker.StackFrame::getDeclaringClass)
                                        .map(Class::getClassLoader)
                                        // Java's own classes may stand between: a proxy, a handle.
                                        .filter(BundleReference.class::isInstance)
                                        .filter(loader -> loader != own)
                                        .findFirst())
                .map(loader -> ((BundleReference) loader).getBundle());
    }
}
