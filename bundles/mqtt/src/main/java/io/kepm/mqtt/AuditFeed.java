package io.kepm.mqtt;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes each record of the audit to {@code AuditMessage}, in order, from the moment somebody
 * subscribed (or up to a second before). It reads what is on disk already, from a place of its own,
 * on its own thread ({@code mqtt-audit}); so the audit never waits for it. It waits for its slowest
 * listener, which is cut off before the others have waited for it too long.
 */
final class AuditFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditFeed.class);
    private static final int PAGE = 128;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration NEXT = Duration.ofMillis(10);
    private static final Duration FAILED = Duration.ofSeconds(5);

    /** How long a subscription may go unnoticed, and a little more. */
    private static final Duration NOTICED = Duration.ofSeconds(1);

    private final AuditLog audit;
    private final Broker broker;
    private final InstantSource clock;
    private final Laggards<Session> laggards;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private long place = -1;

    AuditFeed(AuditLog audit, Broker broker, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
        this.broker = broker;
        laggards = new Laggards<>(broker.limits().outstanding().stall());
        thread = new Thread(this::run, "mqtt-audit");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            Duration pause = Duration.ZERO;
            while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One page; returns how long to wait for the next. */
    Duration round() {
        try {
            if (!broker.switchboard().isAuditHeard()) {
                place = -1;
                return PAUSE;
            }
            if (place < 0) {
                place = beginning();
            }
            if (isHeld()) {
                return PAUSE;
            }
            if (broker.waiting() > PAGE) {
                // What was handed over last is on no listener's account yet.
                return NEXT;
            }
            List<AuditEntry> page = audit.query(AuditQuery.after(place, PAGE));
            for (AuditEntry entry : page) {
                if (!broker.publish(message(entry))) {
                    return PAUSE;
                }
                place = entry.seq();
            }
            return page.size() < PAGE ? PAUSE : NEXT;
        } catch (StorageException | RuntimeException e) {
            LOG.warn("the audit can't be read for its subscribers: {}", e.getMessage());
            return FAILED;
        }
    }

    /** Whether a listener has as much before it as it may; also cuts off who has it too long. */
    private boolean isHeld() {
        Map<Session, Integer> loads = new HashMap<>();
        for (Session session : broker.switchboard().auditListeners()) {
            loads.put(session, session.load().messages());
        }
        laggards.look(loads, System.nanoTime())
                .forEach(
                        session ->
                                broker.cut(session, "others waited for the audit because of it"));
        return loads.values().stream().anyMatch(load -> load > Laggards.HIGH);
    }

    private static Message message(AuditEntry entry) {
        return new Message(
                Topic.of(Topic.AUDIT), entry.exported().getBytes(StandardCharsets.UTF_8), 1);
    }

    /** Just before the first record of the last second: nothing since a subscription is missed. */
    private long beginning() throws StorageException {
        Instant since = clock.instant().minus(NOTICED);
        List<AuditEntry> first = one(Optional.of(since), false);
        if (!first.isEmpty()) {
            return first.get(0).seq() - 1;
        }
        List<AuditEntry> last = one(Optional.empty(), true);
        return last.isEmpty() ? 0 : last.get(0).seq();
    }

    private List<AuditEntry> one(Optional<Instant> from, boolean newestFirst)
            throws StorageException {
        return audit.query(
                new AuditQuery(
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        from,
                        Optional.empty(),
                        0,
                        1,
                        newestFirst));
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
