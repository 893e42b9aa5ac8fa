package io.kepm.https;

import io.kepm.api.health.HealthCheck;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How much time the certificate of the doors has left, and whether it is the one that was asked
 * for. The agent's own is renewed by itself, well before its end.
 */
final class CertificateCheck implements HealthCheck {

    private final Supplier<Optional<ServerCertificate>> certificate;
    private final Supplier<ShownCertificate.State> state;
    private final InstantSource clock;

    CertificateCheck(
            Supplier<Optional<ServerCertificate>> certificate,
            Supplier<ShownCertificate.State> state,
            InstantSource clock) {
        this.certificate = certificate;
        this.state = state;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "certificate";
    }

    @Override
    public Health check() {
        Optional<ServerCertificate> present = certificate.get();
        if (present.isEmpty()) {
            return Health.degraded("the certificate is not made yet", "wait a moment");
        }
        Instant now = clock.instant();
        Instant from = present.get().certificate().getNotBefore().toInstant();
        Instant to = present.get().certificate().getNotAfter().toInstant();
        if (now.isAfter(to)) {
            return Health.unhealthy("the certificate ended at " + to, "restart the agent");
        }
        if (now.isBefore(from)) {
            return Health.degraded(
                    "the certificate begins at " + from + ": the clock was set back since",
                    "correct the clock, or restart the agent");
        }
        if (!state.get().trouble().isEmpty()) {
            return Health.degraded(
                    "the custom certificate is not used, the agent shows its own: "
                            + state.get().trouble(),
                    "correct `Settings/Certificate` or its files");
        }
        if (present.get().needsRenewal(now) && state.get().custom()) {
            return Health.degraded(
                    "the custom certificate ends at " + to, "put a new one in its place");
        }
        if (present.get().needsRenewal(now)) {
            return Health.degraded(
                    "the certificate ends at " + to + " and is not renewed",
                    "see the agent's log, then restart the agent");
        }
        return Health.healthy("valid from " + from + " to " + to);
    }
}
