package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.SecondFactors;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.trust.Launches;
import io.kepm.linux.SocketOwnersComponent;
import io.kepm.linux.UnixSocketsComponent;
import io.kepm.policy.RuleSetEngine;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The agent's own doors and its evaluator, with records that nobody keeps: what an evaluation costs
 * without the disk. All else is as in the agent, the kernel's word on whose a connection is
 * included.
 */
final class EvaluationAlone {

    private static final Map<Class<?>, Object> EMPTY =
            Map.of(
                    Optional.class,
                    Optional.empty(),
                    List.class,
                    List.of(),
                    Map.class,
                    Map.of(),
                    String.class,
                    "ws-17.example.org");

    private EvaluationAlone() {}

    /**
     * Usage: {@code EvaluationAlone HTTP_PORT HTTPS_PORT FOLDER POLICIES}; it goes on until it is
     * ended. The certificate and the socket are in the folder, which only root may write.
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[2]);
        AuditLog audit = nobody(AuditLog.class);
        Clock clock = Clock.systemDefaultZone();
        ShownCertificate certificate =
                new ShownCertificate(
                        Optional.empty(),
                        () -> ServerCertificate.create(Instant.now()),
                        new RunFolder(folder),
                        audit,
                        clock);
        DoorSettings settings =
                new DoorSettings(
                        Integer.parseInt(args[0]), Integer.parseInt(args[1]), "localhost", folder);
        new Doorway(settings, Limits.STANDARD, "0.1.0", clock, certificate, Duration.ofSeconds(1))
                .doors(services(audit, Integer.parseInt(args[3])), List::of, List::of)
                .open(() -> System.out.println("open"));
        Thread.currentThread().join();
    }

    private static Services services(AuditLog audit, int policies) throws Exception {
        return new Services(
                audit,
                nobody(StoreCare.class),
                nobody(SettingsDesk.class),
                new RuleSetEngine(policies),
                nobody(SourceLimits.class),
                nobody(LaunchDecision.class),
                nobody(Requests.class),
                nobody(SecondFactors.class),
                nobody(OfflineApprovals.class),
                nobody(SessionRecordings.class),
                nobody(Governance.class),
                nobody(Accounts.class),
                nobody(Targets.class),
                new UnixSocketsComponent(),
                new Proofs(
                        nobody(Launches.class),
                        new SocketOwnersComponent(),
                        origin -> Optional.empty(),
                        nobody(Storage.class)),
                Optional::empty,
                Optional::empty,
                Optional::empty);
    }

    /** A floor that knows nobody and keeps nothing. */
    private static <T> T nobody(Class<T> floor) {
        return floor.cast(
                Proxy.newProxyInstance(
                        floor.getClassLoader(),
                        new Class<?>[] {floor},
                        (proxy, method, args) -> {
                            Class<?> answer = method.getReturnType();
                            if (!answer.equals(void.class) && !EMPTY.containsKey(answer)) {
                                throw new UnsupportedOperationException(method.toString());
                            }
                            return EMPTY.get(answer);
                        }));
    }
}
