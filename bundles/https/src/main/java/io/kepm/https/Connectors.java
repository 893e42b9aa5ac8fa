package io.kepm.https;

import io.kepm.api.linux.UserPace;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the connectors of the three doors on one Jetty; each is started and stopped by itself. */
final class Connectors {

    // A handshake costs a millisecond and some 200 kB of garbage, a request on an open connection a
    // tenth of that.
    private static final Duration HANDSHAKE_TURN = Duration.ofMillis(40);
    private static final Duration REQUEST_TURN = Duration.ofMillis(10);
    private static final int REQUESTS_AT_ONCE = 100;
    private static final int REQUESTS_PER_HANDSHAKE = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Connectors.class);
    private static final int SPARE_THREADS = 20;
    // One selects.
    private static final int STRANGERS = 4;

    private final DoorSettings settings;
    private final Limits limits;
    private final ShownCertificate certificate;
    private final SocketCallers callers;
    private final Neighbours neighbours;
    private final Cuts cuts;
    private final RunFolder run;
    private final Server server;
    private final Map<Door, Connections> open = new EnumMap<>(Door.class);

    Connectors(
            DoorSettings settings,
            Limits limits,
            Entrance entrance,
            SocketCallers callers,
            Neighbours neighbours,
            ShownCertificate certificate,
            Cuts cuts) {
        this.settings = settings;
        this.callers = callers;
        this.neighbours = neighbours;
        this.limits = limits;
        this.certificate = certificate;
        this.cuts = cuts;
        run = new RunFolder(settings.runFolder());
        server = server(entrance, limits);
        for (Door door : Door.values()) {
            UserPace requests =
                    new UserPace(
                            REQUESTS_AT_ONCE,
                            limits.handshake().dividedBy(REQUESTS_PER_HANDSHAKE),
                            REQUEST_TURN,
                            System::nanoTime);
            open.put(door, new Connections(door, limits, callers, neighbours, requests, cuts));
        }
    }

    /** A connector that listens when this returns. */
    Connector listen(Door door) throws Exception {
        AbstractConnector connector =
                switch (door) {
                    case HTTP -> tcp(settings.httpPort(), http1());
                    case HTTPS -> tls();
                    case UNIX -> unix();
                };
        connector.setName(door.name());
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.addBean(open.get(door));
        // A no-op from the second door on; whoever comes meanwhile waits.
        server.start();
        connector.start();
        if (door == Door.UNIX) {
            callers.refuseDescriptors(connector.getTransport());
            run.openSocket();
        }
        return connector;
    }

    /** Ends slow connections. */
    void sweep() {
        open.values().forEach(Connections::sweep);
    }

    void stop() {
        try {
            server.stop();
            // Jetty leaves the file behind.
            run.clearSocket();
        } catch (Exception e) {
            LOG.debug("the doors did not close in order", e);
        }
    }

    private AbstractConnector tls() throws Exception {
        return tcp(
                settings.httpsPort(),
                AbstractConnectionFactory.getFactories(
                        certificate.keys().contextFactory(), http1()));
    }

    private ServerConnector tcp(int port, org.eclipse.jetty.server.ConnectionFactory... factories) {
        ServerConnector connector =
                new PacedConnector(
                        server,
                        strangers(port),
                        neighbours,
                        new UserPace(
                                limits.connectionsPerUser(),
                                limits.handshake(),
                                HANDSHAKE_TURN,
                                System::nanoTime),
                        cuts,
                        factories);
        connector.setHost(DoorSettings.LOOPBACK);
        connector.setPort(port);
        return connector;
    }

    /**
     * Whoever is on this machine may connect over TCP: a handshake or a request of theirs is worked
     * on by few threads, which give way to those that decide.
     */
    private FewThreads strangers(int port) {
        QueuedThreadPool pool = new QueuedThreadPool(STRANGERS + limits.connections(), 1, 60_000);
        pool.setName("https-" + port);
        pool.setDaemon(true);
        pool.setReservedThreads(0);
        pool.setThreadsPriority(Thread.MIN_PRIORITY);
        return new FewThreads(pool, STRANGERS);
    }

    private AbstractConnector unix() throws IOException {
        run.clearSocket();
        UnixDomainServerConnector connector = new UnixDomainServerConnector(server, 1, 1, http1());
        connector.setUnixDomainPath(run.socket());
        return connector;
    }

    private HttpConnectionFactory http1() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendXPoweredBy(false);
        configuration.setRequestHeaderSize(limits.headerBytes());
        configuration.setHttpCompliance(HttpCompliance.STRICT);
        configuration.setUriCompliance(UriCompliance.RFC3986);
        // Else Jetty adds its own, which judges hosts before we do.
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        return new HttpConnectionFactory(configuration);
    }

    private static Server server(Entrance entrance, Limits limits) {
        // Every request in flight may wait for the disk or the name service.
        QueuedThreadPool pool =
                new QueuedThreadPool(
                        limits.connections() + limits.connectionsPerUser() + SPARE_THREADS,
                        SPARE_THREADS / 4,
                        30_000);
        pool.setName("https");
        pool.setDaemon(true);
        pool.setReservedThreads(0);
        Server server = new Server(pool);
        server.setHandler(entrance);
        server.setErrorHandler(new ProblemHandler());
        server.setStopAtShutdown(false);
        return server;
    }
}
