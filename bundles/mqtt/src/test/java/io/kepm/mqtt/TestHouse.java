package io.kepm.mqtt;

import io.kepm.api.linux.FakeSocketOwners;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** The whole broker on a free port, over fakes, and clients for it. */
final class TestHouse implements AutoCloseable {

    static final TestCertificate CERTIFICATE = new TestCertificate();

    final Fakes.Processes processes = new Fakes.Processes();
    final Fakes.Audit audit = new Fakes.Audit();
    final Fakes.Engine engine = new Fakes.Engine();
    final Fakes.Sources sources = new Fakes.Sources();
    final Fakes.Log log = new Fakes.Log();
    final FakeSocketOwners owners = new FakeSocketOwners();
    final House house;

    /** Tests knock as often as they like, and take their time on a busy machine. */
    static final Limits PATIENT =
            Limits.STANDARD
                    .withHandshakes(1, Duration.ZERO)
                    .withAdmission(Duration.ofMinutes(5))
                    .withStall(Duration.ofMinutes(5));

    TestHouse() {
        this(PATIENT);
    }

    TestHouse(Limits limits) {
        this(limits, Optional.empty());
    }

    TestHouse(Limits limits, Optional<PolicyEngine> real) {
        house =
                new House(
                        floor(real.orElse(engine)), limits, "127.0.0.1", 0, Duration.ofSeconds(1));
        house.open();
        await("the broker", () -> house.door().broker().isPresent());
    }

    private House.Floor floor(PolicyEngine policy) {
        return new House.Floor(
                audit,
                policy,
                sources,
                new Fakes.People(),
                new Machine(),
                log,
                () -> Optional.of(processes),
                owners,
                Optional::empty,
                () -> Optional.of(CERTIFICATE),
                Clock.systemUTC());
    }

    int port() {
        return broker().address().getPort();
    }

    Broker broker() {
        return house.door().broker().orElseThrow();
    }

    /** A plugin with those topics that is connected by Paho. */
    MqttClient paho(String id, List<String> publish, List<String> subscribe) throws Exception {
        String secret =
                processes.start(id, Launches.Reach.PLUGIN, new TopicRights(publish, subscribe));
        MqttClient client = client(id);
        client.connect(options(id, secret));
        return client;
    }

    MqttClient client(String id) throws Exception {
        return new MqttClient("ssl://localhost:" + port(), id, new MemoryPersistence());
    }

    static MqttConnectOptions options(String user, String secret) {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setSocketFactory(CERTIFICATE.client("TLS").getSocketFactory());
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setUserName(user);
        options.setPassword(secret.toCharArray());
        options.setConnectionTimeout(60);
        return options;
    }

    /** A plugin that speaks bytes. */
    RawClient raw(String id, List<String> publish, List<String> subscribe) throws Exception {
        String secret =
                processes.start(id, Launches.Reach.PLUGIN, new TopicRights(publish, subscribe));
        RawClient client = new RawClient(this);
        client.connect(id, secret);
        return client;
    }

    long denied(Kind kind) {
        return house.denials().stream()
                .filter(denial -> denial.kind().equals(kind.toString()))
                .mapToLong(denial -> denial.count())
                .sum();
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited 60 s in vain for " + what);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        house.close();
    }

    static final class Machine implements Targets {
        @Override
        public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
            return new Facts(path, Optional.empty(), List.of(), false, "none");
        }

        @Override
        public List<Optional<String>> resolve(List<String> arguments, String cwd) {
            return arguments.stream().map(Optional::of).toList();
        }

        @Override
        public String hostname() {
            return "ws-17.example.org";
        }
    }
}
