package io.kepm.trust;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of this bundle, and its one thread. */
@Component(
        immediate = true,
        service = {FileTrust.class, HealthCheck.class})
public final class TrustComponent implements FileTrust, HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TrustComponent.class);
    private static final long LOOK_MINUTES = 10;
    private static final long ADOPT_SECONDS = 1;

    private final OwnedFiles files;
    private final PermissionCheck permissions;
    private final ScheduledExecutorService thread;

    @Activate
    public TrustComponent(@Reference AuditLog audit) throws IOException {
        int own = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        files = new OwnedFiles(0, own);
        Path approot = Path.of(System.getProperty("kepm.approot", "/opt/keeper/sbin"));
        Path lib = Path.of(System.getProperty("kepm.lib", "/opt/keeper/lib"));
        Path state = Path.of(System.getProperty("kepm.state", "/var/lib/kepm"));
        Path run = Path.of(System.getProperty("kepm.run", "/run/keeper"));
        permissions = new PermissionCheck(files, Places.installed(approot, lib, run), audit);
        permissions.look();
        RefusalAdoption adoption = new RefusalAdoption(state.resolve("spool/refused.jsonl"), audit);
        thread = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "kepm-trust"));
        every(LOOK_MINUTES, TimeUnit.MINUTES, permissions::look);
        every(ADOPT_SECONDS, TimeUnit.SECONDS, adoption::adopt);
    }

    @Deactivate
    void stop() {
        thread.shutdownNow();
    }

    @Override
    public List<Violation> check(Path path) {
        return files.check(path);
    }

    @Override
    public String name() {
        return permissions.name();
    }

    @Override
    public Health check() {
        return permissions.check();
    }

    private void every(long period, TimeUnit unit, Runnable work) {
        Future<?> unused = thread.scheduleWithFixedDelay(() -> safely(work), period, period, unit);
    }

    /** An exception would end the schedule without a word. */
    private static void safely(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("a look at files or refusals failed, and will be tried again", e);
        }
    }
}
