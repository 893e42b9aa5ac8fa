package io.kepm.mqtt;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an admitted client sends. A denied operation fails alone: the connection stays, and the
 * denial is on record. Used on the broker's thread only.
 */
final class Traffic {

    private static final int SMALL = 64;

    private final Hall hall;
    private final Connection connection;
    private final Session session;
    private final ChannelHandlerContext line;

    /** The topic published to last, which is mostly the next one too, and what was said of it. */
    private @Nullable Topic last;

    private String lastFault = "";

    Traffic(Hall hall, Connection connection, Session session, ChannelHandlerContext line) {
        this.hall = hall;
        this.connection = connection;
        this.session = session;
        this.line = line;
    }

    /** Handles one packet; returns its size, about. */
    int handle(MqttMessage packet) {
        long now = hall.nanos().getAsLong();
        MqttMessageType type = packet.fixedHeader().messageType();
        switch (type) {
            case PUBLISH -> {
                return publish((MqttPublishMessage) packet);
            }
            case SUBSCRIBE -> {
                return subscribe((MqttSubscribeMessage) packet);
            }
            case UNSUBSCRIBE -> {
                return unsubscribe((MqttUnsubscribeMessage) packet);
            }
            case PUBACK -> session.acknowledged(id(packet), now);
            case PUBREC -> {
                if (session.received(id(packet))) {
                    answer(MqttMessageType.PUBREL, id(packet));
                }
            }
            case PUBREL -> {
                session.finish(id(packet));
                answer(MqttMessageType.PUBCOMP, id(packet));
            }
            case PUBCOMP -> session.completed(id(packet), now);
            case PINGREQ -> Packets.send(line, Packets.pong());
            case DISCONNECT -> connection.goodbye();
            case CONNECT -> connection.end(Kind.PROTOCOL, "a second CONNECT");
            default -> connection.end(Kind.PROTOCOL, type + " is not for clients to send");
        }
        return SMALL;
    }

    private int publish(MqttPublishMessage packet) {
        int qos = packet.fixedHeader().qosLevel().value();
        int id = packet.variableHeader().packetId();
        int size = packet.payload().readableBytes();
        if (qos == 2 && !session.begin(id)) {
            answer(MqttMessageType.PUBREC, id);
            return size;
        }
        if (session.hasBegunTooMany()) {
            connection.end(Kind.PROTOCOL, "too many messages of QoS 2 without an end");
            return size;
        }
        session.countPublished();
        if (packet.fixedHeader().isRetain()) {
            hall.clearedRetains().increment();
        }
        String name = packet.variableHeader().topicName();
        String fault = fault(name);
        Topic topic = last;
        if (!fault.isEmpty() || topic == null) {
            deny(Kind.PUBLISH, name, fault);
        } else if (size > hall.limits().payload()) {
            deny(Kind.PUBLISH, name, "longer than " + hall.limits().payload() + " bytes");
        } else {
            take(new Message(topic, ByteBufUtil.getBytes(packet.payload()), qos));
        }
        if (qos > 0) {
            answer(qos == 1 ? MqttMessageType.PUBACK : MqttMessageType.PUBREC, id);
        }
        return size + name.length();
    }

    /** What it may publish: sent, or left as its last will. */
    void take(Message message) {
        Intake.Outcome outcome = hall.intake().take(session.known(), message);
        if (!outcome.fault().isEmpty()) {
            deny(Kind.PAYLOAD, message.topic().text(), outcome.fault());
        } else if (outcome.onward()) {
            hall.switchboard().route(message);
        }
    }

    /** Why it may not publish there; {@link #last} is the topic when it may. */
    private String fault(String name) {
        Topic present = last;
        if (present != null && present.text().equals(name)) {
            return lastFault;
        }
        Optional<String> malformed = Topic.fault(name);
        if (malformed.isPresent()) {
            return malformed.get();
        }
        Topic topic = Topic.of(name);
        last = topic;
        lastFault = session.rights().publish(topic).orElse("");
        return lastFault;
    }

    private int subscribe(MqttSubscribeMessage packet) {
        List<MqttTopicSubscription> wanted = packet.payload().topicSubscriptions();
        int id = packet.variableHeader().messageId();
        if (wanted.isEmpty()) {
            connection.end(Kind.PROTOCOL, "a SUBSCRIBE without a filter");
            return SMALL;
        }
        List<Integer> granted = new ArrayList<>(wanted.size());
        if (wanted.size() > hall.limits().subscriptions()) {
            deny(Kind.SUBSCRIBE, wanted.get(0).topicFilter(), tooMany());
            wanted.forEach(subscription -> granted.add(Packets.DENIED));
        } else {
            wanted.forEach(subscription -> granted.add(granted(subscription)));
        }
        Packets.send(line, Packets.subAck(id, granted));
        return SMALL * wanted.size();
    }

    private int granted(MqttTopicSubscription wanted) {
        String text = wanted.topicFilter();
        int qos = wanted.qualityOfService().value();
        String fault = TopicFilter.fault(text).orElse("");
        if (fault.isEmpty()) {
            TopicFilter filter = TopicFilter.of(text);
            fault = session.rights().subscribe(filter).orElse("");
            if (fault.isEmpty() && !hall.switchboard().subscribe(session, filter, qos)) {
                fault = tooMany();
            }
        }
        if (!fault.isEmpty()) {
            deny(Kind.SUBSCRIBE, text, fault);
        }
        return fault.isEmpty() ? qos : Packets.DENIED;
    }

    private String tooMany() {
        return "more than " + hall.limits().subscriptions() + " subscriptions";
    }

    private int unsubscribe(MqttUnsubscribeMessage packet) {
        List<String> filters = packet.payload().topics();
        if (filters.isEmpty()) {
            connection.end(Kind.PROTOCOL, "an UNSUBSCRIBE without a filter");
            return SMALL;
        }
        filters.stream()
                .filter(text -> TopicFilter.fault(text).isEmpty())
                .map(TopicFilter::of)
                .forEach(filter -> hall.switchboard().unsubscribe(session, filter));
        answer(MqttMessageType.UNSUBACK, packet.variableHeader().messageId());
        return SMALL * filters.size();
    }

    private void deny(Kind kind, String what, String reason) {
        session.countDenial();
        hall.refusals()
                .denied(session.id(), Optional.of(session.known().process()), kind, what, reason);
    }

    private void answer(MqttMessageType type, int id) {
        Packets.send(line, Packets.answer(type, id));
    }

    private static int id(MqttMessage packet) {
        return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    }
}
