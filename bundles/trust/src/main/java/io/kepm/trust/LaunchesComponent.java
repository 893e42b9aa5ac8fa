package io.kepm.trust;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.WrongProofs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers the registry of launched processes. Owns the thread that waits for the certificate. */
@Component
public final class LaunchesComponent implements Launches {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchesComponent.class);
    private static final int LONGEST_SHOWN = 200;
    private static final int CONNECT_MILLIS = 200;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final AuditLog audit;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread made = new Thread(null, task, "kepm-launch-line", 128 * 1024);
                        made.setDaemon(true);
                        return made;
                    });
    private final LaunchRegistry registry;

    @Activate
    public LaunchesComponent(
            @Reference Launcher launcher,
            @Reference SocketOwners owners,
            @Reference FileTrust files,
            @Reference AuditLog audit,
            @Reference Settings settings) {
        this.audit = audit;
        InstantSource clock = InstantSource.system();
        Path run = Path.of(System.getProperty("kepm.run", "/run/keeper"));
        LaunchLine line =
                new LaunchLine(
                        settings.get(CoreSettings.MQTT_ADDRESS),
                        settings.get(CoreSettings.MQTT_PORT),
                        "https://localhost:" + settings.get(CoreSettings.HTTPS_PORT));
        Instant start = ProcessHandle.current().info().startInstant().orElseGet(clock::instant);
        registry =
                new LaunchRegistry(
                        launcher,
                        owners,
                        files,
                        new Teller(
                                line,
                                new AgentCertificate(run.resolve("agent.crt"), start),
                                () -> isOpen(settings.get(CoreSettings.HTTPS_PORT)),
                                thread),
                        new WrongProofs(clock),
                        this::refused);
    }

    @Deactivate
    void stop() {
        thread.shutdownNow();
    }

    @Override
    public Launcher.Child launch(
            Launches.Component component, LaunchOrder order, Launcher.Witness witness)
            throws IOException {
        return registry.launch(component, order, witness);
    }

    @Override
    public Errand errand(Launches.Component component) throws IOException {
        return registry.errand(component);
    }

    @Override
    public Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
        return registry.identify(clientId, secret, peer, door);
    }

    @Override
    public Optional<Launches.Component> launched(Origin origin) {
        return registry.launched(origin);
    }

    @Override
    public boolean isLent(String clientId, Launcher.Identity process) {
        return registry.isLent(clientId, process);
    }

    @Override
    public Optional<Reach> reachOf(SocketOwners.Owner owner) {
        return registry.reachOf(owner);
    }

    @Override
    public Optional<Launcher.Identity> running(String clientId) {
        return registry.running(clientId);
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port),
                    CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Many of one source are summed up by the audit itself. */
    private void refused(String clientId, long uid, String reason) {
        String shown =
                clientId.length() > LONGEST_SHOWN
                        ? clientId.substring(0, LONGEST_SHOWN) + "…"
                        : clientId;
        try {
            audit.append(
                    AuditDraft.of(AuditType.PROCESS_AUTHENTICATION_FAILED, "REFUSED")
                            .sessionType("api")
                            .user(AuditDraft.UserInfo.of(uid < 0 ? "unknown" : "#" + uid, uid))
                            .reason(reason)
                            .detail("client", shown)
                            .build());
        } catch (StorageException e) {
            // The claim stays refused; that the audit is down is shown by its own health check.
            LOG.warn("a refused claim could not be put on record: {}", e.getMessage());
        }
    }
}
