package io.kepm.sudo;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.TransientUnits;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens {@code run.sock}, at which everybody may ask for himself, unless the site has said
 * otherwise. Where the kernel can't keep the files of strangers away from it, it stays shut.
 */
@Component(
        immediate = true,
        service = {})
public final class RunDoorComponent {

    private static final Logger LOG = LoggerFactory.getLogger(RunDoorComponent.class);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final KeepAlive keepAlive = new KeepAlive(KEEP_ALIVE);

    /** Records the ends of commands. Full: the thread that heard of one does it. */
    private final ThreadPoolExecutor endings =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(1024),
                    task -> new Thread(task, "run-endings"),
                    new ThreadPoolExecutor.CallerRunsPolicy());

    /** Removes accounts of commands that ended. Full: a look later does it. */
    private final ThreadPoolExecutor accountEndings =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(256),
                    task -> new Thread(task, "run-accounts"),
                    new ThreadPoolExecutor.DiscardPolicy());

    private final Optional<UnixSockets.Listener> listener;

    @Activate
    public RunDoorComponent(
            @Reference LaunchDecision decision,
            @Reference SourceLimits sources,
            @Reference TransientUnits units,
            @Reference UnixSockets sockets,
            @Reference AuditLog audit,
            @Reference Accounts accounts,
            @Reference Targets targets,
            @Reference EphemeralAccounts ephemeral,
            @Reference SessionRecordings recordings,
            @Reference Settings settings) {
        if (!settings.get(CoreSettings.OWN_WAY)) {
            listener = Optional.empty();
            LOG.info("kepm run goes by sudo alone: {} is not set", CoreSettings.OWN_WAY.name());
            return;
        }
        RunDoor door =
                new RunDoor(
                        decision,
                        sources,
                        units,
                        recordings,
                        new RunAsker(
                                accounts, targets, Callers.ofSystem(), ephemeral, accountEndings),
                        new Admission(
                                RunDoor.WORKERS,
                                () -> settings.get(CoreSettings.DECISIONS_AT_ONCE)),
                        new DoorRecords(audit, "run"),
                        keepAlive,
                        endings::execute,
                        () -> Duration.ofSeconds(settings.get(CoreSettings.PROMPT_SECONDS)));
        Path socket = Path.of(System.getProperty("kepm.run", "/run/keeper")).resolve("run.sock");
        listener = open(sockets, socket, door);
        if (listener.isPresent()) {
            String obstacle = units.obstacle().map(why -> "; it starts nothing: " + why).orElse("");
            LOG.info("kepm run is answered on {}{}", socket, obstacle);
        }
    }

    private static Optional<UnixSockets.Listener> open(
            UnixSockets sockets, Path socket, RunDoor door) {
        try {
            return Optional.of(sockets.listen(socket, 0666, RunDoor.WORKERS, door));
        } catch (IOException e) {
            LOG.warn("kepm run goes by sudo alone: {}: {}", socket, e.getMessage());
            return Optional.empty();
        }
    }

    @Deactivate
    public void stop() {
        listener.ifPresent(UnixSockets.Listener::close);
        endings.shutdown();
        accountEndings.shutdownNow();
        try {
            if (!endings.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("the ends of some commands are left to the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keepAlive.close();
    }
}
