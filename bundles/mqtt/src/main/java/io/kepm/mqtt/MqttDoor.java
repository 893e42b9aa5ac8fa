package io.kepm.mqtt;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.trust.DoorCertificate;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the broker once there is a certificate, from a thread of its own ({@code mqtt-door}), and
 * tries again every ten seconds when it could not. Everything else of the agent stays as it is.
 */
final class MqttDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MqttDoor.class);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Broker.Parts parts;
    private final String host;
    private final int port;
    private final Supplier<Optional<DoorCertificate>> certificate;
    private final Records records;
    private final Duration retry;
    private final Consumer<Broker> whenOpen;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile DoorState state = DoorState.WAITING;
    private volatile @Nullable Broker broker;

    /**
     * A door that is shut.
     *
     * @param host an address in numbers; a name is not looked up
     * @param retry how long to wait after a failure
     * @param whenOpen called once
     */
    MqttDoor(
            Broker.Parts parts,
            String host,
            int port,
            Supplier<Optional<DoorCertificate>> certificate,
            Records records,
            Duration retry,
            Consumer<Broker> whenOpen) {
        this.parts = parts;
        this.host = host;
        this.port = port;
        this.certificate = certificate;
        this.records = records;
        this.retry = retry;
        this.whenOpen = whenOpen;
        thread = new Thread(this::run, "mqtt-door");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    DoorState state() {
        return state;
    }

    Optional<Broker> broker() {
        return Optional.ofNullable(broker);
    }

    private void run() {
        try {
            Duration pause = Duration.ZERO;
            while (broker == null && !closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                Optional<DoorCertificate> present = certificate.get();
                pause = present.isPresent() ? open(present.get()) : LOOK;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration open(DoorCertificate present) {
        try {
            AtomicReference<DoorCertificate> last = new AtomicReference<>(present);
            Broker opened =
                    Broker.start(
                            parts,
                            address(),
                            () -> {
                                certificate.get().ifPresent(last::set);
                                return last.get();
                            });
            broker = opened;
            state = DoorState.open("`" + opened.address().toString().substring(1) + "`");
            whenOpen.accept(opened);
            LOG.info("the broker is open on {}", opened.address());
            return Duration.ZERO;
        } catch (IOException | GeneralSecurityException | RuntimeException | LinkageError e) {
            boolean taken = e.getCause() instanceof BindException && isInUse(e.getCause());
            String trouble = taken ? takenText() : String.valueOf(e.getMessage());
            if (!state.trouble().equals(trouble)) {
                LOG.error("the broker could not be opened: {}", trouble);
                // Whoever sits on a place of ours poses as us.
                records.add(
                        AuditDraft.of(AuditType.PROCESS_AUTHENTICATION_FAILED, "DOOR_CLOSED")
                                .sessionType("system")
                                .reason("the broker could not be opened: " + trouble)
                                .detail("door", "mqtt")
                                .build());
            }
            state = taken ? DoorState.taken(trouble, port) : DoorState.shut(trouble);
            return retry;
        }
    }

    /** The words of errno(3), as the JDK passes them on; other reasons are no squatter's. */
    private static boolean isInUse(Throwable fault) {
        return String.valueOf(fault.getMessage()).contains("already in use");
    }

    private String takenText() {
        return "port "
                + port
                + " of "
                + host
                + " is taken: another program listens there, of whatever user (an ordinary one may"
                + " do that), or a second agent";
    }

    private InetSocketAddress address() throws IOException {
        // Only numbers: a name would ask the name service, and could lead anywhere.
        if (!host.matches("[0-9.]{7,15}|[0-9a-fA-F:]{2,39}")) {
            throw new IOException("`" + host + "` is no address in numbers");
        }
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Broker present = broker;
        if (present != null) {
            present.close();
        }
    }
}
