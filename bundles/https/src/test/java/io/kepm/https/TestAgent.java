package io.kepm.https;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.linux.FakeSocketOwners;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.plugins.Plugins;
import io.kepm.api.settings.FakeSettingsDesk;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.trust.FakeLaunches;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The real doors on free ports, over stand-ins for everything below. */
final class TestAgent implements AutoCloseable {

    static final Limits LIMITS = connections(256, 32);

    final Fakes.Audit audit;
    private static int lastPort;
    private static final String HOSTS = "localhost;127.0.0.1;[::1]";

    final Fakes.Store store = new Fakes.Store();
    final FakeSettingsDesk desk =
            new FakeSettingsDesk(
                    PluginFile.of("clock", Map.of("interval", 5L, "apiKey", "hunter2")));
    final Fakes.Engine engine = new Fakes.Engine();
    final Fakes.Limits sources = new Fakes.Limits();
    final Fakes.Launches launches = new Fakes.Launches(engine);
    final FakeRequests requests = new FakeRequests();
    final FakeFactors factors = new FakeFactors();
    final FakeOffline offline = new FakeOffline();
    final FakeRecordings recordings = new FakeRecordings();
    final Fakes.Governed governed = new Fakes.Governed();
    final Fakes.Names names = new Fakes.Names();
    final Fakes.Sockets sockets = new Fakes.Sockets();
    final FakeSocketOwners owners = new FakeSocketOwners();
    volatile Optional<String> byGrant = Optional.empty();
    final io.kepm.api.trust.Launches processes;
    volatile @Nullable Plugins plugins;
    final List<HealthCheck> checks = new CopyOnWriteArrayList<>();
    final List<MetricSource> figures = new CopyOnWriteArrayList<>();
    final int http;
    final int https;
    final Path run;
    final JettyDoors doors;
    volatile BrokerWatch broker;
    volatile Jobs jobs;
    final ShownCertificate certificate;

    TestAgent(Path run) throws Exception {
        this(run, LIMITS);
    }

    /** The standard limits, but for how many connections there may be. */
    static Limits connections(int all, int ofOne) {
        return limits(
                all,
                ofOne,
                Limits.STANDARD.bodies(),
                Limits.STANDARD.places(),
                Limits.STANDARD.slowHeaders());
    }

    /** The same, but for the bytes of bodies in flight. */
    static Limits bodies(Shares.Bounds bodies) {
        return limits(256, 32, bodies, Limits.STANDARD.places(), Limits.STANDARD.slowHeaders());
    }

    /** The same, but for the requests in flight. */
    static Limits places(Shares.Bounds places) {
        return limits(256, 32, Limits.STANDARD.bodies(), places, Limits.STANDARD.slowHeaders());
    }

    /** What is on record of connections that were cut. */
    List<String> cuts() {
        return audit.drafts.stream()
                .filter(draft -> draft.details().containsKey("why"))
                .map(
                        draft ->
                                String.join(
                                        " ",
                                        draft.details().get("door"),
                                        Long.toString(draft.user().orElseThrow().uid()),
                                        String.valueOf(draft.details().get("owner")),
                                        draft.details().get("why"),
                                        draft.details().get("count")))
                .toList();
    }

    /** The same, but for how long headers and body may take. */
    static Limits slow(Duration longest) {
        return limits(256, 32, Limits.STANDARD.bodies(), Limits.STANDARD.places(), longest);
    }

    /** The same, but for how often one user may connect. */
    static Limits paced(int burst, Duration each) {
        return limits(
                256,
                burst,
                each,
                Limits.STANDARD.bodies(),
                Limits.STANDARD.places(),
                Limits.STANDARD.slowHeaders());
    }

    private static Limits limits(
            int connections, int ofOne, Shares.Bounds bodies, Shares.Bounds places, Duration slow) {
        return limits(connections, ofOne, Duration.ZERO, bodies, places, slow);
    }

    private static Limits limits(
            int connections,
            int ofOne,
            Duration handshake,
            Shares.Bounds bodies,
            Shares.Bounds places,
            Duration slow) {
        Limits standard = Limits.STANDARD;
        return new Limits(
                standard.bodyBytes(),
                standard.userBodyBytes(),
                standard.headerBytes(),
                standard.headers(),
                connections,
                ofOne,
                handshake,
                bodies,
                places,
                slow,
                slow,
                standard.idle(),
                Duration.ofMillis(200));
    }

    /** With other doors to the launched processes and the owners of sockets than fakes. */
    TestAgent(Path run, int https, io.kepm.api.trust.Launches processes, SocketOwners owners)
            throws Exception {
        this(
                run,
                LIMITS,
                freePort(),
                https,
                HOSTS,
                Optional.empty(),
                new Fakes.Audit(),
                processes,
                owners);
        await(() -> doors.check().level() == HealthCheck.Level.HEALTHY);
    }

    /** After a restart: what was stored is there. */
    TestAgent(Path run, Fakes.Audit audit) throws Exception {
        this(
                run,
                LIMITS,
                freePort(),
                freePort(),
                HOSTS,
                Optional.empty(),
                audit,
                new FakeLaunches(),
                null);
        await(() -> doors.check().level() == HealthCheck.Level.HEALTHY);
    }

    TestAgent(Path run, Limits limits) throws Exception {
        this(run, limits, freePort(), freePort());
        await(() -> doors.check().level() == HealthCheck.Level.HEALTHY);
    }

    /** With other hosts, or a certificate of one's own. */
    TestAgent(Path run, String hosts, Optional<CustomCertificate> custom) throws Exception {
        this(run, LIMITS, freePort(), freePort(), hosts, custom);
        await(() -> doors.check().level() == HealthCheck.Level.HEALTHY);
    }

    /** Does not wait until the doors are open. */
    TestAgent(Path run, Limits limits, int http, int https) {
        this(run, limits, http, https, HOSTS, Optional.empty());
    }

    private TestAgent(
            Path run,
            Limits limits,
            int http,
            int https,
            String hosts,
            Optional<CustomCertificate> custom) {
        this(run, limits, http, https, hosts, custom, new Fakes.Audit(), new FakeLaunches(), null);
    }

    private TestAgent(
            Path run,
            Limits limits,
            int http,
            int https,
            String hosts,
            Optional<CustomCertificate> custom,
            Fakes.Audit audit,
            io.kepm.api.trust.Launches processes,
            @Nullable SocketOwners others) {
        this.audit = audit;
        this.processes = processes;
        certificate =
                new ShownCertificate(
                        custom,
                        () -> ServerCertificate.create(Instant.now()),
                        new RunFolder(run),
                        audit,
                        Clock.systemUTC());
        this.run = run;
        this.http = http;
        this.https = https;
        doors =
                new Doorway(
                                new DoorSettings(http, https, hosts, run),
                                limits,
                                "0.1.0",
                                Clock.systemUTC(),
                                certificate,
                                Duration.ZERO)
                        .doors(
                                new Services(
                                        audit,
                                        store,
                                        desk,
                                        engine,
                                        sources,
                                        launches,
                                        requests,
                                        factors,
                                        offline,
                                        recordings,
                                        governed,
                                        names,
                                        new Fakes.Machine(),
                                        sockets,
                                        new Proofs(
                                                processes,
                                                others == null ? owners : others,
                                                origin -> byGrant,
                                                audit.store),
                                        () -> Optional.ofNullable(broker),
                                        () -> Optional.ofNullable(plugins),
                                        () -> Optional.ofNullable(jobs)),
                                () -> checks,
                                () -> figures);
        checks.add(doors);
        doors.open(() -> {});
    }

    /** The fake that stands for the launched processes where no other one was given. */
    FakeLaunches processes() {
        return (FakeLaunches) processes;
    }

    /** A connection to the Unix socket as that user. */
    RawClient as(long uid) throws IOException {
        sockets.uid = uid;
        return RawClient.unix(run.resolve("agent.sock"));
    }

    RawClient plain() throws IOException {
        return RawClient.tcp(http);
    }

    RawClient tls() throws Exception {
        return RawClient.tls(https, run.resolve("agent.crt"));
    }

    /** Another one than the last: of two doors each has its own. */
    static synchronized int freePort() throws IOException {
        int former = lastPort;
        while (lastPort == former) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                lastPort = socket.getLocalPort();
            }
        }
        return lastPort;
    }

    static void await(java.util.function.BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not happen within 60 s");
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        doors.close();
    }
}
