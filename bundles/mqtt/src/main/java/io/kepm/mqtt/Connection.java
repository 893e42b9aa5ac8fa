package io.kepm.mqtt;

import io.kepm.api.linux.Launcher;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttIdentifierRejectedException;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from its first byte to its last: nothing gets past it that is not a CONNECT of
 * somebody known, and then what that client may do. Whatever goes wrong in it ends it and nothing
 * else. Used on the broker's thread only.
 */
final class Connection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int MOST_EARLY = 64;

    private final Hall hall;
    private final long arrived;
    private final Pace pace;
    private final Deque<MqttMessage> early = new ArrayDeque<>();
    private State state = State.NEW;
    private @Nullable ChannelHandlerContext line;
    private @Nullable Session session;
    private @Nullable Traffic traffic;
    private String claimed = "";
    private Arrival arrival = Arrival.NOT_KNOWN;
    private long keepAliveNanos;
    private long lastRead;

    private enum State {
        NEW,
        /** A CONNECT was read, and its client is being identified. */
        ASKED,
        ADMITTED,
        OVER
    }

    Connection(Hall hall) {
        this.hall = hall;
        arrived = hall.nanos().getAsLong();
        lastRead = arrived;
        pace = new Pace(hall.limits().rate(), arrived);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        line = ctx;
        arrival = arrival(ctx);
        OptionalLong wait = hall.handshakes().begin(arrival.paced());
        if (wait.isEmpty()) {
            turnAway(Refusals.Why.PACE);
            return;
        }
        hall.doorstep().arrive(this, arrival);
        ctx.fireChannelActive();
        listenAfter(wait.getAsLong(), ctx);
    }

    private static void listenAfter(long nanos, ChannelHandlerContext ctx) {
        if (nanos == 0) {
            ctx.channel().config().setAutoRead(true);
            return;
        }
        Future<?> unused =
                ctx.executor()
                        .schedule(
                                () -> ctx.channel().config().setAutoRead(true),
                                nanos,
                                TimeUnit.NANOSECONDS);
    }

    private Arrival arrival(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress peer
                        && ctx.channel().localAddress() instanceof InetSocketAddress door
                ? hall.authenticator().arrival(peer, door)
                : Arrival.NOT_KNOWN;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof MqttMessage packet) {
                read(ctx, packet);
            }
        } catch (RuntimeException e) {
            // A fault of ours in one client's packet must not reach another's.
            LOG.warn("a packet of `{}` could not be handled", Shown.cut(claimed), e);
            end(Kind.PROTOCOL, "its packet could not be handled");
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext ctx, MqttMessage packet) {
        lastRead = hall.nanos().getAsLong();
        if (state == State.OVER) {
            return;
        }
        if (packet.decoderResult().isFailure()) {
            malformed(ctx, packet.decoderResult().cause());
        } else if (state == State.ADMITTED) {
            handle(packet);
        } else if (state == State.ASKED) {
            if (early.size() >= MOST_EARLY) {
                end(Kind.PROTOCOL, "too many packets before it was admitted");
            } else {
                early.add(ReferenceCountUtil.retain(packet));
            }
        } else if (packet instanceof MqttConnectMessage connect) {
            claimed = Optional.ofNullable(connect.payload().clientIdentifier()).orElse("");
            state = State.ASKED;
            new Entry(hall, this, ctx).ask(connect);
        } else {
            end(Kind.PROTOCOL, "the first packet has to be a CONNECT");
        }
    }

    private void handle(MqttMessage packet) {
        Traffic present = traffic;
        if (present == null) {
            return;
        }
        int size = present.handle(packet);
        long pause = pace.take(size, lastRead);
        if (pause > 0 && state == State.ADMITTED) {
            rest(pause);
        }
    }

    /** Stops reading for a while: the client waits, and nobody else does. */
    private void rest(long nanos) {
        ChannelHandlerContext ctx = line;
        if (ctx != null && ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            listenAfter(Math.min(nanos, TimeUnit.SECONDS.toNanos(5)), ctx);
        }
    }

    /** The client is who it says. */
    void admit(Session admitted, int keepAliveSeconds) {
        session = admitted;
        state = State.ADMITTED;
        // One and a half times what the client promised (MQTT 3.1.1 §3.1.2.10).
        keepAliveNanos = TimeUnit.MILLISECONDS.toNanos(keepAliveSeconds * 1_500L);
        lastRead = hall.nanos().getAsLong();
        hall.doorstep().leave(this);
        traffic = new Traffic(hall, this, admitted, context());
        while (state == State.ADMITTED && !early.isEmpty()) {
            MqttMessage packet = early.remove();
            try {
                handle(packet);
            } finally {
                ReferenceCountUtil.release(packet);
            }
        }
    }

    boolean isOver() {
        return state == State.OVER;
    }

    private void malformed(ChannelHandlerContext ctx, Throwable cause) {
        boolean first = state == State.NEW;
        if (first && cause instanceof MqttUnacceptableProtocolVersionException) {
            refuse(
                    ctx,
                    MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION,
                    "no MQTT 3.1.1");
        } else if (first && cause instanceof MqttIdentifierRejectedException) {
            refuse(
                    ctx,
                    MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED,
                    "the client id is too long");
        } else {
            end(
                    Kind.PROTOCOL,
                    "malformed packet: " + Shown.cut(String.valueOf(cause.getMessage())));
        }
    }

    /** Answers a CONNECT that names nobody, and ends. */
    void refuse(ChannelHandlerContext ctx, MqttConnectReturnCode code, String reason) {
        if (state != State.OVER) {
            hall.refusals().unknown(claimed, arrival.owner(), Kind.CONNECT, reason);
            Packets.refuse(ctx, code);
            over();
        }
    }

    /** Answers a CONNECT of somebody known that asks for too much, and ends. */
    void refuse(
            ChannelHandlerContext ctx,
            MqttConnectReturnCode code,
            Launcher.Identity process,
            Kind kind,
            String what,
            String reason) {
        if (state != State.OVER) {
            hall.refusals().denied(claimed, Optional.of(process), kind, what, reason);
            Packets.refuse(ctx, code);
            over();
        }
    }

    /** Ends the connection for something its client did, on record. */
    void end(Kind kind, String reason) {
        if (state == State.OVER) {
            return;
        }
        if (kind == Kind.SLOW) {
            hall.refusals().slow(claimed, reason);
        } else {
            hall.refusals()
                    .denied(
                            claimed,
                            Optional.ofNullable(session).map(s -> s.known().process()),
                            kind,
                            "",
                            reason);
        }
        over();
    }

    /** Ends the connection without blame: nobody knows whose it was. */
    void drop(String reason) {
        LOG.debug("a connection was dropped: {}", reason);
        over();
    }

    /** Ends a connection that may not even say who it is; summed up on record. */
    void turnAway(Refusals.Why why) {
        if (state != State.OVER) {
            hall.refusals().turnedAway(arrival, why);
            over();
        }
    }

    /** The client said good-bye: no last will. */
    void goodbye() {
        if (session != null) {
            session.forgetWill();
        }
        over();
    }

    private void over() {
        if (state == State.OVER) {
            return;
        }
        state = State.OVER;
        if (session != null) {
            session.ended();
        }
        ChannelHandlerContext ctx = line;
        if (ctx != null) {
            Packets.close(ctx);
        }
    }

    /** Once a second. */
    void look(long now) {
        Session present = session;
        if (state == State.OVER) {
            return;
        }
        if (present == null) {
            if (now - arrived > hall.limits().coming().admission().toNanos()) {
                drop("it was not admitted in time");
            }
        } else if (keepAliveNanos > 0 && now - lastRead > keepAliveNanos) {
            drop("it said nothing for longer than it promised");
        } else if (present.load().isStalled(now)) {
            end(
                    Kind.SLOW,
                    "no progress for " + hall.limits().outstanding().stall().toSeconds() + " s");
        } else if (!hall.authenticator().isRunning(present.id(), present.known().process())) {
            end(
                    Kind.ENDED,
                    "its process has ended or become another program, or gave its name back");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.OVER;
        hall.doorstep().leave(this);
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        Session present = session;
        if (present != null) {
            present.ended();
            hall.switchboard().leave(present);
            Traffic last = traffic;
            if (last != null) {
                present.takeWill().ifPresent(last::take);
            }
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof java.io.IOException) {
            // Reset by the peer, or TLS ended without a word.
            drop(String.valueOf(cause.getMessage()));
        } else {
            end(Kind.PROTOCOL, Shown.cut(String.valueOf(cause.getMessage())));
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = line;
        if (ctx == null) {
            throw new IllegalStateException("not connected");
        }
        return ctx;
    }
}
