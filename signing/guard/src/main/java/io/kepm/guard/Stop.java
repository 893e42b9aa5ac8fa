package io.kepm.guard;

import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** Ends a framework that is only started to be recorded. */
final class Stop {

    private Stop() {}

    /** Stops it once it is at a start level; it may be there already. */
    static void whenAtLevel(Framework framework, int level) throws BundleException {
        framework
                .getBundleContext()
                .addFrameworkListener(event -> stop(framework, event.getType(), level));
        stop(framework, FrameworkEvent.STARTLEVEL_CHANGED, level);
    }

    private static void stop(Framework framework, int event, int level) {
        if (event != FrameworkEvent.STARTLEVEL_CHANGED
                || framework.adapt(FrameworkStartLevel.class).getStartLevel() < level) {
            return;
        }
        try {
            framework.stop();
        } catch (BundleException e) {
            System.err.println("KeeperPrivilegeManager: the framework does not stop: " + e);
        }
    }
}
