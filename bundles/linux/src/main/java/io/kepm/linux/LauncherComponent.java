package io.kepm.linux;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Launches programs by the native launcher. Safe for use by many threads; a launch waits until the
 * program runs, ten seconds at most. What is launched goes on when this component stops: whoever
 * launched it ends it.
 */
@Component
public final class LauncherComponent implements Launcher {

    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(null, task, "kepm-launch", 128 * 1024);
                        thread.setDaemon(true);
                        return thread;
                    });
    private final Launching launching;

    @Activate
    public LauncherComponent() {
        this(Path.of(System.getProperty("kepm.libexec", "/usr/libexec/kepm"), "launch"));
    }

    LauncherComponent(Path launcher) {
        Cgroups cgroups = Cgroups.ofThisProcess();
        cgroups.clear();
        launching = new Launching(launcher, cgroups, new Digests(InstantSource.system()), watch);
    }

    @Deactivate
    void stop() {
        watch.shutdownNow();
    }

    @Override
    public Child launch(LaunchOrder order, Witness witness) throws IOException {
        return launching.launch(order, witness);
    }

    @Override
    public void endLeft(int pid, long startTicks) throws IOException {
        ProcessTree.of(Optional.empty(), pid, startTicks).kill();
    }
}
