package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.linux.FakeSocketOwners;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Without somebody who says no there is no broker (AB-56), and nowhere but on loopback. */
class NoGuardTest {

    private static final SocketOwners OWNERS = new FakeSocketOwners();

    private static final Rights ALL =
            new Rights() {
                @Override
                public Optional<String> publish(Topic topic) {
                    return Optional.empty();
                }

                @Override
                public Optional<String> subscribe(TopicFilter filter) {
                    return Optional.empty();
                }
            };

    private static Broker start(Authenticator authenticator, Authorizer authorizer)
            throws Exception {
        return start(authenticator, authorizer, new InetSocketAddress("127.0.0.1", 0));
    }

    private static Broker start(
            Authenticator authenticator, Authorizer authorizer, InetSocketAddress address)
            throws Exception {
        Records records = new Records(new Fakes.Audit());
        return Broker.start(
                new Broker.Parts(
                        Limits.STANDARD,
                        authenticator,
                        authorizer,
                        new Refusals(new Denials(Clock.systemUTC()), records, Clock.systemUTC()),
                        (from, message) -> Intake.Outcome.ONWARD,
                        message -> {},
                        Clock.systemUTC()),
                address,
                () -> TestHouse.CERTIFICATE);
    }

    /** Members: one that fails, one whose class is missing, one that knows everybody. */
    @Test
    void ab_56_without_a_working_authenticator_the_broker_does_not_start() {
        Fakes.Processes processes = new Fakes.Processes();
        Authenticator good = new LaunchedProcesses(() -> Optional.of(processes), OWNERS);
        processes.failing = true;
        assertThatThrownBy(() -> start(good, DeclaredRights::new)).isInstanceOf(IOException.class);
        processes.failing = false;
        processes.trusting = true;
        assertThatThrownBy(() -> start(good, DeclaredRights::new))
                .hasMessageContaining("a client that does not exist");
        Authenticator missing =
                new LaunchedProcesses(
                        () -> {
                            throw new NoClassDefFoundError("io/kepm/trust/Registry");
                        },
                        OWNERS);
        assertThatThrownBy(() -> start(missing, DeclaredRights::new))
                .hasMessageContaining("Registry");
    }

    /** Members: one that fails, one that grants everything, one that says nothing. */
    @Test
    @SuppressWarnings("NullAway")
    void ab_56_without_a_working_authorizer_the_broker_does_not_start() {
        Authenticator good = new LaunchedProcesses(Optional::empty, OWNERS);
        assertThatThrownBy(
                        () ->
                                start(
                                        good,
                                        (id, declared) -> {
                                            throw new IllegalStateException("broken");
                                        }))
                .hasMessageContaining("broken");
        assertThatThrownBy(() -> start(good, (id, declared) -> ALL))
                .hasMessageContaining("grants what nobody declared");
        assertThatThrownBy(() -> start(good, (id, declared) -> null))
                .isInstanceOf(IOException.class);
    }

    @Test
    void without_a_registry_of_processes_everybody_is_refused() throws Exception {
        try (Broker broker =
                start(new LaunchedProcesses(Optional::empty, OWNERS), DeclaredRights::new)) {
            assertThat(broker.address().getAddress().isLoopbackAddress()).isTrue();
            assertThat(new DeclaredRights("plugin:a", TopicRights.NONE).publish(Topic.of("x")))
                    .isPresent();
        }
    }

    @Test
    void ab_43_no_address_but_loopback_is_listened_on() {
        for (String host : List.of("0.0.0.0", "192.0.2.1")) {
            assertThatThrownBy(
                            () ->
                                    start(
                                            new LaunchedProcesses(Optional::empty, OWNERS),
                                            DeclaredRights::new,
                                            new InetSocketAddress(host, 0)))
                    .as(host)
                    .hasMessageContaining("is not on loopback")
                    .hasMessageContaining(host);
        }
    }

    @Test
    void ab_49_a_port_in_use_shows_in_health_and_the_broker_comes_when_it_is_free()
            throws Exception {
        Fakes.Audit audit = new Fakes.Audit();
        Records records = new Records(audit);
        records.start();
        ServerSocket squatter = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        try (MqttDoor door =
                new MqttDoor(
                        new Broker.Parts(
                                Limits.STANDARD,
                                new LaunchedProcesses(Optional::empty, OWNERS),
                                DeclaredRights::new,
                                new Refusals(
                                        new Denials(Clock.systemUTC()), records, Clock.systemUTC()),
                                (from, message) -> Intake.Outcome.ONWARD,
                                message -> {},
                                Clock.systemUTC()),
                        "127.0.0.1",
                        squatter.getLocalPort(),
                        () -> Optional.of(TestHouse.CERTIFICATE),
                        records,
                        Duration.ofMillis(50),
                        broker -> {})) {
            door.start();
            TestHouse.await("the trouble", () -> !door.state().trouble().isEmpty());
            Health health = door.state().health(false, List.of());
            assertThat(health.level()).isEqualTo(Level.DEGRADED);
            assertThat(health.detail())
                    .isEqualTo(
                            "the broker is not open: port %d of 127.0.0.1 is taken: another program"
                                            .formatted(squatter.getLocalPort())
                                    + " listens there, of whatever user (an ordinary one may do"
                                    + " that), or a second agent");
            assertThat(health.advice())
                    .contains(
                            "`ss -lptn 'sport = :" + squatter.getLocalPort() + "'`",
                            "stop that process");
            squatter.close();
            TestHouse.await(
                    "the broker",
                    () ->
                            door.broker().isPresent()
                                    && door.state().health(false, List.of()).level()
                                            == Level.HEALTHY);
            try (Socket socket = new Socket("127.0.0.1", squatter.getLocalPort())) {
                assertThat(socket.isConnected()).isTrue();
            }
            TestHouse.await("one record of it", () -> audit.drafts.size() == 1);
        }
        records.close();
    }

    /** As when the bundle that makes the certificate was started anew. */
    @Test
    void
            f12_another_certificate_is_shown_at_the_next_handshake_and_the_last_one_when_none_is_there()
                    throws Exception {
        TestCertificate former = new TestCertificate();
        TestCertificate latter = new TestCertificate();
        AtomicReference<Optional<DoorCertificate>> now = new AtomicReference<>(Optional.of(former));
        Records records = new Records(new Fakes.Audit());
        try (MqttDoor door =
                new MqttDoor(
                        new Broker.Parts(
                                Limits.STANDARD,
                                new LaunchedProcesses(Optional::empty, OWNERS),
                                DeclaredRights::new,
                                new Refusals(
                                        new Denials(Clock.systemUTC()), records, Clock.systemUTC()),
                                (from, message) -> Intake.Outcome.ONWARD,
                                message -> {},
                                Clock.systemUTC()),
                        "127.0.0.1",
                        0,
                        now::get,
                        records,
                        Duration.ofMillis(50),
                        broker -> {})) {
            door.start();
            TestHouse.await("the broker", () -> door.broker().isPresent());
            int port = door.broker().orElseThrow().address().getPort();
            assertThat(shown(port, former)).isEqualTo(former.certificate());
            now.set(Optional.empty());
            assertThat(shown(port, former)).isEqualTo(former.certificate());
            now.set(Optional.of(latter));
            assertThat(shown(port, latter)).isEqualTo(latter.certificate());
        }
    }

    private static Certificate shown(int port, TestCertificate trusted) throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        trusted.client("TLS").getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void a_name_instead_of_an_address_is_not_looked_up() {
        MqttDoor door =
                new MqttDoor(
                        new Broker.Parts(
                                Limits.STANDARD,
                                new LaunchedProcesses(Optional::empty, OWNERS),
                                DeclaredRights::new,
                                new Refusals(
                                        new Denials(Clock.systemUTC()),
                                        new Records(new Fakes.Audit()),
                                        Clock.systemUTC()),
                                (from, message) -> Intake.Outcome.ONWARD,
                                message -> {},
                                Clock.systemUTC()),
                        "localhost.example.org",
                        0,
                        () -> Optional.of(TestHouse.CERTIFICATE),
                        new Records(new Fakes.Audit()),
                        Duration.ofMinutes(1),
                        broker -> {});
        door.start();
        TestHouse.await("the trouble", () -> !door.state().trouble().isEmpty());
        assertThat(door.state().trouble()).contains("no address in numbers");
        assertThat(door.state().health(false, List.of()).level()).isEqualTo(Level.UNHEALTHY);
        door.close();
    }
}
