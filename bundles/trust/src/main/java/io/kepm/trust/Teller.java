package io.kepm.trust;

import io.kepm.api.linux.Launcher;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells launched processes their line: at once, or as soon as there is a certificate to tell of and
 * a door that shows it, since components start before the doors. Who waited two minutes in vain
 * hears nothing.
 */
final class Teller {

    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);
    private static final long STEP_MILLIS = 100;
    private static final int MOST_STEPS = 1200;

    /** So long a certificate waits for its door: who needs the broker only gets on then. */
    private static final int DOOR_STEPS = 100;

    private final LaunchLine line;
    private final Supplier<Optional<String>> certificate;
    private final BooleanSupplier door;
    private final ScheduledExecutorService thread;

    /**
     * @param certificate the agent's of this run, in PEM; empty until there is one
     * @param door whether the API can be reached now
     * @param thread waits; every step of it is short
     */
    Teller(
            LaunchLine line,
            Supplier<Optional<String>> certificate,
            BooleanSupplier door,
            ScheduledExecutorService thread) {
        this.line = line;
        this.certificate = certificate;
        this.door = door;
        this.thread = thread;
    }

    /**
     * Takes over the secret, and wipes it. A process that has ended, or does not listen, is no
     * fault: it can claim nothing then.
     */
    void tell(String clientId, Launcher.Child child, LaunchSecret secret) {
        step(clientId, child, secret, MOST_STEPS);
    }

    private void again(String clientId, Launcher.Child child, LaunchSecret secret, int left) {
        var unused =
                thread.schedule(
                        () -> step(clientId, child, secret, left),
                        STEP_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void step(String clientId, Launcher.Child child, LaunchSecret secret, int left) {
        try {
            Optional<String> pem = certificate.get();
            if (pem.isPresent() && (left < MOST_STEPS - DOOR_STEPS || door.getAsBoolean())) {
                say(clientId, child, secret, pem.get());
            } else if (left == 0 || !child.isAlive()) {
                secret.close();
                child.tell(new byte[0]);
                LOG.warn("`{}` was told nothing: this agent has no certificate", clientId);
            } else {
                again(clientId, child, secret, left - 1);
            }
        } catch (IOException | RuntimeException e) {
            secret.close();
            LOG.info("`{}` did not listen to its launch line: {}", clientId, e.getMessage());
        }
    }

    private void say(String clientId, Launcher.Child child, LaunchSecret secret, String pem)
            throws IOException {
        byte[] bytes = line.with(clientId, secret.text(), pem);
        secret.close();
        try {
            child.tell(bytes);
        } finally {
            LaunchLine.wipe(bytes);
        }
    }
}
