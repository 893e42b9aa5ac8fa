package io.kepm.mqtt;

import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.trust.Launches;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the broker knows of one admitted client; it lives as long as its connection (a clean
 * session). Used on the broker's thread only, but for {@link #seen}.
 */
final class Session {

    private static final int IDS = 65_535;

    private final Launches.Verdict.Known known;
    private final Rights rights;
    private final Limits limits;
    private final ChannelHandlerContext line;
    private final Instant since;
    private final Load load;
    private final Map<String, Integer> subscriptions = new TreeMap<>();
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private final Set<Integer> begun = new HashSet<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong denials = new AtomicLong();
    private volatile List<String> shownSubscriptions = List.of();
    private Optional<Message> will;
    private boolean ended;
    private int lastId;
    private long route;
    private int routeQos;

    Session(
            Launches.Verdict.Known known,
            Rights rights,
            Limits limits,
            ChannelHandlerContext line,
            Optional<Message> will,
            Instant since) {
        this.known = known;
        this.rights = rights;
        this.limits = limits;
        this.line = line;
        this.will = will;
        this.since = since;
        load = new Load(limits.outstanding());
    }

    /**
     * A message that the client has not acknowledged.
     *
     * @param received QoS 2: the client said that it has it, and the last word is missing
     */
    private record Waiting(int size, int qos, boolean received) {}

    String id() {
        return known.component().clientId();
    }

    Launches.Verdict.Known known() {
        return known;
    }

    Rights rights() {
        return rights;
    }

    Load load() {
        return load;
    }

    boolean isEnded() {
        return ended;
    }

    /** It gets nothing from now on. */
    void ended() {
        ended = true;
    }

    void forgetWill() {
        will = Optional.empty();
    }

    /** The last will, once. */
    Optional<Message> takeWill() {
        Optional<Message> taken = will;
        will = Optional.empty();
        return taken;
    }

    void countPublished() {
        published.incrementAndGet();
    }

    void countDenial() {
        denials.incrementAndGet();
    }

    /** False when there are too many. */
    boolean subscribed(String filter, int qos) {
        if (!subscriptions.containsKey(filter) && subscriptions.size() >= limits.subscriptions()) {
            return false;
        }
        subscriptions.put(filter, qos);
        shownSubscriptions = List.copyOf(subscriptions.keySet());
        return true;
    }

    void unsubscribed(String filter) {
        subscriptions.remove(filter);
        shownSubscriptions = List.copyOf(subscriptions.keySet());
    }

    /** Collects the best of the overlapping subscriptions of one route; true the first time. */
    boolean isFirstOnRoute(long number, int qos) {
        if (route == number) {
            routeQos = Math.max(routeQos, qos);
            return false;
        }
        route = number;
        routeQos = qos;
        return true;
    }

    /**
     * Hands a message over, with the service level of the route.
     *
     * @return false when there is no room for it: whoever calls ends the connection then
     */
    boolean deliver(Message message, long nanos) {
        int size = message.size();
        if (!load.fits(size)) {
            return false;
        }
        load.add(size, nanos);
        delivered.incrementAndGet();
        int qos = Math.min(message.qos(), routeQos);
        if (qos == 0) {
            ChannelFuture unused =
                    line.write(publish(message, 0, 0))
                            .addListener(done -> load.remove(size, System.nanoTime()));
        } else {
            int id = nextId();
            waiting.put(id, new Waiting(size, qos, false));
            ChannelFuture unused = line.write(publish(message, qos, id), line.voidPromise());
        }
        return true;
    }

    /** PUBACK; what nobody waits for is nothing. */
    void acknowledged(int id, long nanos) {
        Waiting sent = waiting.get(id);
        if (sent != null && sent.qos() == 1) {
            waiting.remove(id);
            load.remove(sent.size(), nanos);
        }
    }

    /** PUBREC; whether a PUBREL is the answer. */
    boolean received(int id) {
        Waiting sent = waiting.get(id);
        if (sent == null || sent.qos() != 2) {
            return false;
        }
        waiting.put(id, new Waiting(sent.size(), 2, true));
        return true;
    }

    /** PUBCOMP. */
    void completed(int id, long nanos) {
        Waiting sent = waiting.get(id);
        if (sent != null && sent.received()) {
            waiting.remove(id);
            load.remove(sent.size(), nanos);
        }
    }

    /** A message of QoS 2 arrives; false when it is there already. */
    boolean begin(int id) {
        return begun.add(id);
    }

    boolean hasBegunTooMany() {
        return begun.size() > limits.exactlyOnce();
    }

    /** PUBREL. */
    void finish(int id) {
        begun.remove(id);
    }

    /** For people; from any thread. */
    BrokerWatch.Client seen() {
        return new BrokerWatch.Client(
                id(),
                known.process().pid(),
                known.process().uid(),
                since,
                shownSubscriptions,
                published.get(),
                delivered.get(),
                load.messages(),
                load.bytes(),
                denials.get());
    }

    /** INVARIANT: fewer are waiting than there are ids, so this ends. */
    private int nextId() {
        do {
            lastId = lastId % IDS + 1;
        } while (waiting.containsKey(lastId));
        return lastId;
    }

    /** Never retained: nothing is kept for those who come later. */
    private static MqttPublishMessage publish(Message message, int qos, int id) {
        return new MqttPublishMessage(
                new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.valueOf(qos), false, 0),
                new MqttPublishVariableHeader(message.topic().text(), id),
                Unpooled.wrappedBuffer(message.payload()));
    }

    void flush() {
        line.flush();
    }

    void close() {
        Packets.close(line);
    }

    /** Ends its connection for not keeping up. */
    void tooSlow(String reason) {
        if (line.handler() instanceof Connection connection) {
            connection.end(Kind.SLOW, reason);
        }
    }
}
