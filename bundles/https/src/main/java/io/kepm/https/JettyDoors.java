package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three doors, kept open. A thread of its own makes the certificate and opens HTTPS, another
 * opens the other two, so that neither TLS nor a port in use holds anything up; a third looks after
 * the certificate; a fourth ends slow connections; a fifth looks at the health; a sixth at groups.
 * Requests are served by Jetty's pool.
 */
final class JettyDoors implements HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(JettyDoors.class);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Duration CERTIFICATE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration NEIGHBOURS = Duration.ofMinutes(1);

    private final Lazy connectors;
    private final Duration retry;
    private final List<MinuteSums> sums;
    private final Runnable health;
    private final Runnable neighbours;
    private final ShownCertificate certificate;
    private final Streams streams;
    private final Leaf http;
    private final Leaf https;
    private final Leaf unix;
    private final List<Chore> chores = new ArrayList<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile Runnable whenSettled = () -> {};

    JettyDoors(
            DoorSettings settings,
            Supplier<Connectors> connectors,
            List<MinuteSums> sums,
            Runnable health,
            Runnable neighbours,
            ShownCertificate certificate,
            Streams streams,
            AuditLog audit,
            Duration retry) {
        this.connectors = new Lazy(connectors);
        this.sums = List.copyOf(sums);
        this.health = health;
        this.neighbours = neighbours;
        this.certificate = certificate;
        this.streams = streams;
        this.retry = retry;
        http = leaf(settings, Door.HTTP, audit);
        https = leaf(settings, Door.HTTPS, audit);
        unix = leaf(settings, Door.UNIX, audit);
    }

    private Leaf leaf(DoorSettings settings, Door door, AuditLog audit) {
        return new Leaf(settings.place(door), () -> connectors.get().listen(door), audit);
    }

    /**
     * Returns at once; the doors open one after the other.
     *
     * @param whenSettled called once, when each is open or has failed to
     */
    void open(Runnable whenSettled) {
        this.whenSettled = whenSettled;
        chores.add(Chore.start("https-doors", retry, this::tendPlain));
        chores.add(Chore.start("https-tls", retry, this::tendTls));
        chores.add(Chore.start("https-certificate", CERTIFICATE, this::tendCertificate));
        chores.add(Chore.start("https-sweep", SWEEP, this::sweep));
        // A disk that hangs holds up whoever asks how it is, and nothing else.
        chores.add(Chore.start("https-health", LOOK, health));
        // A name service that hangs holds up nothing else either.
        chores.add(Chore.start("https-neighbours", NEIGHBOURS, neighbours));
    }

    /** Closes all doors and ends all threads. */
    void close() {
        streams.close();
        chores.forEach(Chore::close);
        List.of(unix, https, http).forEach(Leaf::close);
        connectors.get().stop();
        sums.forEach(MinuteSums::end);
    }

    @Override
    public String name() {
        return "https";
    }

    @Override
    public Health check() {
        List<Leaf> shut =
                List.of(unix, https, http).stream()
                        .filter(leaf -> !leaf.trouble().isEmpty())
                        .toList();
        if (shut.isEmpty()) {
            return Health.healthy("all doors are open");
        }
        return Health.degraded(
                shut.stream().map(Leaf::trouble).collect(Collectors.joining("; ")),
                shut.stream().anyMatch(Leaf::hasFailed)
                        ? "see who is there with `ss -lptnx`, and stop that process"
                        : "wait a moment");
    }

    private void tendPlain() {
        unix.tend();
        http.tend();
        settle();
    }

    private void tendTls() {
        https.tend();
        settle();
    }

    /** The certificate is there, and looked after, even while its port is squatted. */
    private void tendCertificate() {
        try {
            certificate.tend();
        } catch (GeneralSecurityException | IOException e) {
            LOG.warn("the certificate could not be replaced: {}", e.getMessage());
        }
    }

    private void settle() {
        if (List.of(unix, https, http).stream().allMatch(Leaf::isSettled)
                && settled.compareAndSet(false, true)) {
            whenSettled.run();
        }
    }

    private void sweep() {
        connectors.get().sweep();
        sums.forEach(MinuteSums::sweep);
    }

    /** Jetty is made by the first door thread, not by the one that starts the agent. */
    private static final class Lazy {
        private final Supplier<Connectors> maker;
        private @Nullable Connectors made;

        Lazy(Supplier<Connectors> maker) {
            this.maker = maker;
        }

        synchronized Connectors get() {
            Connectors present = made;
            if (present == null) {
                present = maker.get();
                made = present;
            }
            return present;
        }
    }
}
