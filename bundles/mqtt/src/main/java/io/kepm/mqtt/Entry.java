package io.kepm.mqtt;

import static io.netty.handler.codec.mqtt.MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD;
import static io.netty.handler.codec.mqtt.MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED;
import static io.netty.handler.codec.mqtt.MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED;
import static io.netty.handler.codec.mqtt.MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE;
import static io.netty.handler.codec.mqtt.MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION;
import static io.netty.handler.codec.mqtt.MqttConnectReturnCode.CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION;

import io.kepm.api.trust.Launches.Verdict;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges one CONNECT: first its form, then who it is (on a thread that may wait), then its last
 * will, and that nobody else has that id. All but the waiting happens on the broker's thread.
 */
final class Entry {

    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);

    private final Hall hall;
    private final Connection connection;
    private final ChannelHandlerContext line;

    Entry(Hall hall, Connection connection, ChannelHandlerContext line) {
        this.hall = hall;
        this.connection = connection;
        this.line = line;
    }

    /**
     * A last will as it was asked for.
     *
     * @param fault why it can't be one; empty when its form is right
     */
    private record Will(Message message, String topic, String fault) {}

    void ask(MqttConnectMessage connect) {
        MqttConnectVariableHeader header = connect.variableHeader();
        byte[] sent = connect.payload().passwordInBytes();
        byte[] secret = sent == null ? new byte[0] : sent.clone();
        if (sent != null) {
            Arrays.fill(sent, (byte) 0);
        }
        String id = Optional.ofNullable(connect.payload().clientIdentifier()).orElse("");
        Optional<String> fault = ClientIds.fault(id);
        if (header.version() == MqttVersion.MQTT_5.protocolLevel()) {
            connection.refuse(
                    line, CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION, "MQTT 5, not 3.1.1");
        } else if (header.version() != MqttVersion.MQTT_3_1_1.protocolLevel()) {
            connection.refuse(
                    line, CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION, "no MQTT 3.1.1");
        } else if (fault.isPresent()) {
            connection.refuse(line, CONNECTION_REFUSED_IDENTIFIER_REJECTED, fault.get());
        } else if (!header.hasUserName() || !id.equals(connect.payload().userName())) {
            connection.refuse(
                    line,
                    CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD,
                    "the user name is not the client id");
        } else if (secret.length == 0) {
            connection.refuse(
                    line, CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD, "there is no secret");
        } else {
            identify(id, secret, will(connect), header.keepAliveTimeSeconds());
            return;
        }
        Arrays.fill(secret, (byte) 0);
    }

    private Optional<Will> will(MqttConnectMessage connect) {
        if (!connect.variableHeader().isWillFlag()) {
            return Optional.empty();
        }
        String topic = Optional.ofNullable(connect.payload().willTopic()).orElse("");
        byte[] payload = connect.payload().willMessageInBytes();
        int qos = connect.variableHeader().willQos();
        Optional<String> fault = Topic.fault(topic);
        if (connect.variableHeader().isWillRetain()) {
            hall.clearedRetains().increment();
        }
        return Optional.of(
                new Will(
                        new Message(Topic.of(topic), payload == null ? new byte[0] : payload, qos),
                        topic,
                        fault.orElse("")));
    }

    private void identify(String id, byte[] secret, Optional<Will> will, int keepAlive) {
        InetSocketAddress peer = (InetSocketAddress) line.channel().remoteAddress();
        InetSocketAddress door = (InetSocketAddress) line.channel().localAddress();
        line.channel().config().setAutoRead(false);
        try {
            hall.entry()
                    .execute(
                            () -> {
                                Verdict verdict = verdict(id, secret, peer, door);
                                line.executor().execute(() -> decide(id, verdict, will, keepAlive));
                            });
        } catch (RejectedExecutionException e) {
            Arrays.fill(secret, (byte) 0);
            connection.refuse(
                    line, CONNECTION_REFUSED_SERVER_UNAVAILABLE, "too many connect at once");
        }
    }

    private Verdict verdict(
            String id, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
        try {
            return hall.authenticator().identify(id, secret, peer, door);
        } catch (RuntimeException e) {
            LOG.error("`{}` could not be identified", id, e);
            return new Verdict.Unknown("it could not be identified: " + e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private void decide(String id, Verdict verdict, Optional<Will> will, int keepAlive) {
        if (connection.isOver()) {
            return;
        }
        if (!(verdict instanceof Verdict.Known known) || !known.component().clientId().equals(id)) {
            String reason =
                    verdict instanceof Verdict.Unknown unknown
                            ? unknown.reason()
                            : "identified as another component";
            connection.refuse(line, CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD, reason);
            return;
        }
        Rights rights = hall.authorizer().rights(id, known.component().topics());
        if (will.isPresent()) {
            String fault =
                    will.get().fault().isEmpty()
                            ? rights.publish(will.get().message().topic()).orElse("")
                            : will.get().fault();
            if (!fault.isEmpty()) {
                connection.refuse(
                        line,
                        CONNECTION_REFUSED_NOT_AUTHORIZED,
                        known.process(),
                        Kind.WILL,
                        will.get().topic(),
                        fault);
                return;
            }
        }
        if (hasRoom(id, known)) {
            admit(known, rights, will.map(Will::message), keepAlive);
        }
    }

    /**
     * Whoever has the id keeps it, unless it is the same process that comes again. One that has
     * ended, or was given back, keeps nothing: the look of every second has not met it yet.
     */
    private boolean hasRoom(String id, Verdict.Known known) {
        Optional<Session> present = hall.switchboard().session(id);
        if (present.isPresent()
                && !present.get().known().process().equals(known.process())
                && hall.authenticator().isRunning(id, present.get().known().process())) {
            connection.refuse(
                    line,
                    CONNECTION_REFUSED_IDENTIFIER_REJECTED,
                    known.process(),
                    Kind.CONNECT,
                    "",
                    "another process is connected with that client id");
            return false;
        }
        present.ifPresent(
                session -> {
                    session.ended();
                    session.close();
                });
        if (present.isEmpty() && hall.switchboard().size() >= hall.limits().clients()) {
            connection.refuse(
                    line,
                    CONNECTION_REFUSED_SERVER_UNAVAILABLE,
                    known.process(),
                    Kind.CONNECT,
                    "",
                    hall.limits().clients() + " clients are connected already");
            return false;
        }
        return true;
    }

    private void admit(Verdict.Known known, Rights rights, Optional<Message> will, int keepAlive) {
        if (line.pipeline().get(FirstBytes.class) != null) {
            line.pipeline().remove(FirstBytes.class);
        }
        Session session =
                new Session(known, rights, hall.limits(), line, will, hall.clock().instant());
        hall.switchboard().join(session);
        Packets.send(line, Packets.accepted());
        line.channel().config().setAutoRead(true);
        connection.admit(session, keepAlive);
    }
}
