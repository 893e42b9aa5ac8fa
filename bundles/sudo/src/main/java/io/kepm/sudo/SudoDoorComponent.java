package io.kepm.sudo;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens {@code decide.sock}, and tells the canary what it heard there. */
@Component(
        immediate = true,
        service = {CanaryEar.class, MetricSource.class})
public final class SudoDoorComponent implements CanaryEar, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(SudoDoorComponent.class);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final Nonces nonces = new Nonces();
    private final KeepAlive keepAlive = new KeepAlive(KEEP_ALIVE);

    /**
     * Records the ends of commands, so that no sudo waits for it. Full: the caller's thread does
     * it. What is lost in a crash is found by the reconciler.
     */
    private final ThreadPoolExecutor endings =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(1024),
                    task -> new Thread(task, "sudo-endings"),
                    new ThreadPoolExecutor.CallerRunsPolicy());

    private final Admission admission;
    private final UnixSockets.Listener listener;

    @Activate
    public SudoDoorComponent(
            @Reference LaunchDecision decision,
            @Reference UnixSockets sockets,
            @Reference AuditLog audit,
            @Reference Accounts accounts,
            @Reference PolicyEngine policy,
            @Reference Settings settings)
            throws IOException {
        admission =
                new Admission(SudoDoor.WORKERS, () -> settings.get(CoreSettings.DECISIONS_AT_ONCE));
        SudoDoor door =
                new SudoDoor(
                        decision,
                        admission,
                        new DoorRecords(audit),
                        nonces,
                        Invokers.of(accounts),
                        TracedPrograms.of(policy),
                        keepAlive,
                        endings::execute,
                        () -> Duration.ofSeconds(settings.get(CoreSettings.PROMPT_SECONDS)));
        Path socket = Path.of(System.getProperty("kepm.run", "/run/keeper")).resolve("decide.sock");
        listener = sockets.listen(socket, 0600, SudoDoor.WORKERS + Latecomers.MOST, door);
        LOG.info("sudo is answered on {}", socket);
    }

    @Override
    public String issue() {
        return nonces.issue();
    }

    @Override
    public boolean heard(String nonce) {
        return nonces.heard(nonce);
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.gauge(
                        "kepm_sudo_open_requests",
                        "Questions of sudo that are being answered now.",
                        admission.open()),
                Metric.gauge(
                        "kepm_sudo_endings",
                        "Ends of commands that wait to be put on record.",
                        endings.getQueue().size()));
    }

    @Deactivate
    public void stop() {
        listener.close();
        endings.shutdown();
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
