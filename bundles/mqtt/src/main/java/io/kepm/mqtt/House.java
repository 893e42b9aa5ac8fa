package io.kepm.mqtt;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.linux.Targets;
import io.kepm.api.log.LogIntake;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.messages.Login;
import io.kepm.api.metrics.Metric;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.trust.BundleTopics;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/** Builds the whole of it in plain Java, in the same way for the agent and for tests. */
final class House implements AutoCloseable {

    /** This very process, which nobody has to prove to itself. */
    private static final Launcher.Identity AGENT =
            new Launcher.Identity((int) ProcessHandle.current().pid(), 0, 0, 0, 0, "");

    private final Limits limits;
    private final Denials denials;
    private final Records records;
    private final Refusals refusals;
    private final Ears ears = new Ears();
    private final PolicyDesk policy;
    private final Intake intake;
    private final MqttDoor door;
    private final Floor floor;
    private volatile @Nullable AuditFeed feed;
    private volatile boolean registrySeen;

    /**
     * What it stands on.
     *
     * @param launches the registry of launched processes, when there is one
     * @param owners who is at the other end of a connection
     * @param topics what the bundles of plugins declare, when somebody knows
     * @param certificate what the door shows, once it is made
     */
    record Floor(
            AuditLog audit,
            PolicyEngine engine,
            SourceLimits sources,
            Accounts accounts,
            Targets targets,
            LogIntake log,
            Supplier<Optional<Launches>> launches,
            SocketOwners owners,
            Supplier<Optional<BundleTopics>> topics,
            Supplier<Optional<DoorCertificate>> certificate,
            Clock clock) {}

    House(Floor floor, Limits limits, String host, int port, Duration retry) {
        this.floor = floor;
        this.limits = limits;
        denials = new Denials(floor.clock());
        records = new Records(floor.audit());
        refusals = new Refusals(denials, records, floor.clock());
        policy =
                new PolicyDesk(
                        new PolicyQuestion(
                                floor.engine(),
                                floor.sources(),
                                floor.audit(),
                                new People(floor.accounts()),
                                floor.targets(),
                                floor.clock()),
                        this::publish);
        intake = new CoreIntake(policy, new LogDesk(floor.log()));
        door =
                new MqttDoor(
                        new Broker.Parts(
                                limits,
                                new LaunchedProcesses(floor.launches(), floor.owners()),
                                DeclaredRights::new,
                                refusals,
                                intake,
                                ears::hear,
                                floor.clock()),
                        host,
                        port,
                        floor.certificate(),
                        records,
                        retry,
                        this::feed);
    }

    void open() {
        records.start();
        door.start();
    }

    private void feed(Broker broker) {
        AuditFeed started = new AuditFeed(floor.audit(), broker, floor.clock());
        feed = started;
        started.start();
    }

    private boolean publish(Message message) {
        return door.broker().map(broker -> broker.publish(message)).orElse(false);
    }

    /** A bundle's own way in. */
    Insider insider(Bundle bundle) {
        return new Insider(
                String.valueOf(bundle.getSymbolicName()),
                Insider.isCore(bundle),
                Insider.declaredBy(bundle, floor.topics()),
                new Insider.Grounds(limits, refusals, intake, this::publish),
                () -> self(bundle),
                rights -> lent(bundle.getBundleId(), rights));
    }

    /** A plugin that runs within the agent, as a client of its own would be known. */
    private Optional<Launches.Verdict.Known> self(Bundle bundle) {
        return floor.topics()
                .get()
                .flatMap(present -> present.plugin(bundle.getBundleId()))
                .map(
                        id ->
                                new Launches.Verdict.Known(
                                        new Launches.Component(
                                                ClientIds.PLUGIN + id,
                                                Launches.Reach.PLUGIN,
                                                TopicRights.NONE,
                                                false),
                                        AGENT));
    }

    private Login lent(long bundle, TopicRights rights) throws IOException {
        String id =
                floor.topics()
                        .get()
                        .flatMap(present -> present.plugin(bundle))
                        .orElseThrow(() -> new IOException("this bundle is of no running plugin"));
        Launches launches =
                floor.launches()
                        .get()
                        .orElseThrow(() -> new IOException("nobody lends an identity now"));
        String clientId = ClientIds.PLUGIN + id;
        return new Lent(
                clientId,
                launches.errand(
                        new Launches.Component(clientId, Launches.Reach.PLUGIN, rights, true)));
    }

    Ears ears() {
        return ears;
    }

    MqttDoor door() {
        return door;
    }

    List<BrokerWatch.Denial> denials() {
        return denials.list();
    }

    List<BrokerWatch.Client> clients() {
        return door.broker().map(Broker::clients).orElse(List.of());
    }

    io.kepm.api.health.HealthCheck.Health health() {
        boolean present = floor.launches().get().isPresent();
        registrySeen = registrySeen || present;
        return door.state().health(registrySeen && !present, ears.slow());
    }

    List<Metric> metrics() {
        Optional<Broker> broker = door.broker();
        return List.of(
                Metric.gauge("kepm_mqtt_clients", "Clients that are connected.", clients().size()),
                Metric.counter(
                        "kepm_mqtt_messages_routed_total",
                        "Messages that were accepted and handed on.",
                        broker.map(b -> b.switchboard().routed()).orElse(0L)),
                Metric.counter(
                        "kepm_mqtt_messages_delivered_total",
                        "Messages that were handed to a client.",
                        broker.map(b -> b.switchboard().delivered()).orElse(0L)),
                Metric.counter(
                        "kepm_mqtt_retains_cleared_total",
                        "Retain flags that were cleared.",
                        broker.map(Broker::clearedRetains).orElse(0L)),
                Metric.counter(
                        "kepm_mqtt_messages_lost_total",
                        "Messages of the agent or for its listeners that were dropped: too many"
                                + " waited.",
                        broker.map(Broker::overflowed).orElse(0L) + ears.lost()),
                Metric.counter(
                        "kepm_mqtt_records_lost_total",
                        "Refusals that could not be put on record.",
                        records.lost()),
                denials.metric());
    }

    @Override
    public void close() {
        AuditFeed started = feed;
        if (started != null) {
            started.close();
        }
        door.close();
        policy.close();
        ears.close();
        refusals.end();
        records.close();
    }
}
