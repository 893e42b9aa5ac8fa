package io.kepm.mqtt;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import java.util.List;

/** The packets that the broker answers with. */
final class Packets {

    /** A subscription that was denied. */
    static final int DENIED = 0x80;

    private Packets() {}

    /** What can't be written any more belongs to a connection that ended: nobody asks for it. */
    static void send(ChannelHandlerContext line, MqttMessage packet) {
        ChannelFuture unused = line.writeAndFlush(packet, line.voidPromise());
    }

    static void close(ChannelHandlerContext line) {
        ChannelFuture unused = line.close();
    }

    /** No session is ever kept, so none is ever present. */
    static MqttMessage accepted() {
        return connAck(MqttConnectReturnCode.CONNECTION_ACCEPTED);
    }

    /** Says why, and closes once that is written. */
    static void refuse(ChannelHandlerContext line, MqttConnectReturnCode code) {
        ChannelFuture unused =
                line.writeAndFlush(connAck(code)).addListener(ChannelFutureListener.CLOSE);
    }

    private static MqttMessage connAck(MqttConnectReturnCode code) {
        return new MqttConnAckMessage(
                header(MqttMessageType.CONNACK, 2), new MqttConnAckVariableHeader(code, false));
    }

    /** PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK. */
    static MqttMessage answer(MqttMessageType type, int id) {
        MqttQoS qos = type == MqttMessageType.PUBREL ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE;
        return new MqttMessage(
                new MqttFixedHeader(type, false, qos, false, 2),
                MqttMessageIdVariableHeader.from(id));
    }

    static MqttMessage subAck(int id, List<Integer> granted) {
        return new MqttSubAckMessage(
                header(MqttMessageType.SUBACK, 2 + granted.size()),
                MqttMessageIdVariableHeader.from(id),
                new MqttSubAckPayload(granted));
    }

    static MqttMessage pong() {
        return new MqttMessage(header(MqttMessageType.PINGRESP, 0));
    }

    private static MqttFixedHeader header(MqttMessageType type, int length) {
        return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, length);
    }
}
