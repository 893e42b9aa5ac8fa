package io.kepm.mqtt;

import io.kepm.api.linux.UserPace;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The broker: one thread ({@code mqtt-io}) reads, routes and writes for all connections, so that
 * nothing of a session is ever shared; what may wait (TLS, who is there) runs on up to two others
 * ({@code mqtt-entry-N}). Its public methods may be called by any thread.
 */
final class Broker implements AutoCloseable {

    // A handshake costs a millisecond and some 200 kB of garbage.
    private static final Duration TURN = Duration.ofMillis(40);
    private static final int TLS_AND_NAMES = 2;
    private static final int ENTRY_QUEUE = 256;
    private static final int FLUSHES = 64;

    private final Limits limits;
    private final NioEventLoopGroup loop;
    private final ThreadPoolExecutor entry;
    private final ChannelGroup open;
    private final Hall hall;
    private final LongAdder cleared = new LongAdder();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final LongAdder overflowed = new LongAdder();

    /**
     * What a broker stands on.
     *
     * @param listeners parts of the agent, which hear every message that is routed
     */
    record Parts(
            Limits limits,
            Authenticator authenticator,
            Authorizer authorizer,
            Refusals refusals,
            Intake intake,
            Consumer<Message> listeners,
            InstantSource clock) {}

    private Broker(Parts parts) {
        limits = parts.limits();
        loop = new NioEventLoopGroup(1, threads("mqtt-io"));
        entry =
                new ThreadPoolExecutor(
                        TLS_AND_NAMES,
                        TLS_AND_NAMES,
                        30,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(ENTRY_QUEUE),
                        threads("mqtt-entry"));
        entry.allowCoreThreadTimeOut(true);
        open = new DefaultChannelGroup(loop.next());
        hall =
                new Hall(
                        limits,
                        parts.authenticator(),
                        parts.authorizer(),
                        parts.refusals(),
                        new Switchboard(parts.listeners(), System::nanoTime),
                        new Doorstep(limits.coming().pending()),
                        new UserPace(
                                limits.coming().handshakes(),
                                limits.coming().handshake(),
                                TURN,
                                System::nanoTime),
                        parts.intake(),
                        entry,
                        parts.clock(),
                        System::nanoTime,
                        cleared);
    }

    /**
     * Starts a broker that listens when this returns.
     *
     * @throws IOException when it can't, and why: the address is not on loopback, or in use, or
     *     there is nobody who could say who connects or what they may do
     */
    static Broker start(
            Parts parts, InetSocketAddress address, Supplier<DoorCertificate> certificates)
            throws IOException, GeneralSecurityException {
        if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
            throw new IOException(
                    "`"
                            + address.getHostString()
                            + "` is not on loopback: set MqttBrokerSettings/IpAddress to"
                            + " 127.0.0.1");
        }
        check(parts, address);
        TlsDoor tls = new TlsDoor(certificates);
        Broker broker = new Broker(parts);
        try {
            broker.listen(address, tls);
            return broker;
        } catch (IOException | RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** INVARIANT: no broker without somebody who says no (AB-56). */
    private static void check(Parts parts, InetSocketAddress address) throws IOException {
        String nobody = "plugin:nobody";
        try {
            InetSocketAddress none = new InetSocketAddress(address.getAddress(), 0);
            if (!(parts.authenticator().identify(nobody, new byte[32], none, address)
                    instanceof Launches.Verdict.Unknown)) {
                throw new IOException("the authenticator knows a client that does not exist");
            }
            Rights rights = parts.authorizer().rights(nobody, TopicRights.NONE);
            if (rights.publish(Topic.of("x")).isEmpty()
                    || rights.subscribe(TopicFilter.of("x")).isEmpty()
                    || rights.subscribe(TopicFilter.of("#")).isEmpty()) {
                throw new IOException("the authorizer grants what nobody declared");
            }
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("the authenticator or the authorizer failed: " + e, e);
        }
    }

    private void listen(InetSocketAddress address, TlsDoor tls) throws IOException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 128)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        // Small arenas would cost more memory than they spare at this size.
                        .childOption(
                                ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false, true))
                        .childOption(
                                ChannelOption.RCVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(512, 4096, 32_768))
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        // Nothing is read, and no handshake begins, before it is its turn.
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(pipeline(tls))
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "`"
                            + address.getAddress().getHostAddress()
                            + ":"
                            + address.getPort()
                            + "` can't be listened on: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        open.add(bound.channel());
        Future<?> unused = loop.next().scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private ChannelInitializer<Channel> pipeline(TlsDoor tls) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                open.add(channel);
                ChannelPipeline pipeline = channel.pipeline();
                pipeline.addLast(tls.handler(entry, limits.coming().admission().toMillis()));
                pipeline.addLast(new FlushConsolidationHandler(FLUSHES, true));
                pipeline.addLast(new FirstBytes(limits.coming().firstBytes()));
                pipeline.addLast(
                        new MqttDecoder(
                                limits.payload() + 2 * Limits.NAME_BYTES, Limits.NAME_BYTES));
                pipeline.addLast(MqttEncoder.INSTANCE);
                pipeline.addLast(new Connection(hall));
            }
        };
    }

    private void look() {
        hall.refusals().sum();
        long now = System.nanoTime();
        for (Channel channel : open) {
            Connection connection = channel.pipeline().get(Connection.class);
            if (connection != null) {
                connection.look(now);
            }
        }
    }

    /** Where it listens; the port it was given when asked for 0. */
    InetSocketAddress address() {
        return open.stream()
                .filter(channel -> channel.parent() == null)
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("closed"));
    }

    /**
     * Hands a message of the agent's own over; never waits.
     *
     * @return false when too much waits already: it is dropped and counted then
     */
    boolean publish(Message message) {
        int size = message.size();
        int messages = waiting.incrementAndGet();
        long bytes = waitingBytes.addAndGet(size);
        if (messages > limits.waiting().messages() || bytes > limits.waiting().bytes()) {
            waiting.decrementAndGet();
            waitingBytes.addAndGet(-size);
            overflowed.increment();
            return false;
        }
        try {
            loop.next()
                    .execute(
                            () -> {
                                waiting.decrementAndGet();
                                waitingBytes.addAndGet(-size);
                                hall.switchboard().route(message);
                            });
            return true;
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: there is nobody to hear it.
            return false;
        }
    }

    /** Ends the connection of a client that does not keep up; never waits. */
    void cut(Session session, String reason) {
        try {
            loop.next().execute(() -> session.tooSlow(reason));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile, and the client with it.
        }
    }

    List<BrokerWatch.Client> clients() {
        return hall.switchboard().clients();
    }

    Limits limits() {
        return limits;
    }

    Switchboard switchboard() {
        return hall.switchboard();
    }

    /** Messages of the agent's own that were handed over and are not routed yet. */
    int waiting() {
        return waiting.get();
    }

    /** Messages of the agent's own that were dropped because too many waited. */
    long overflowed() {
        return overflowed.sum();
    }

    long clearedRetains() {
        return cleared.sum();
    }

    @Override
    public void close() {
        open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        entry.shutdownNow();
    }

    // Not for correctness: the launcher makes nice values of them.
    @SuppressWarnings("ThreadPriorityCheck")
    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            // Strangers may knock as often as they like: threads that decide go first.
            thread.setPriority(Thread.MIN_PRIORITY + 1);
            return thread;
        };
    }
}
