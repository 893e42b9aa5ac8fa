package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.DoorCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which certificate the doors show: the custom one while it can be used, else the agent's own. One
 * thread calls {@link #tend} again and again; it reads files that changed once they rest, renews,
 * and falls back. What is shown is published in the runtime folder before it is shown. Safe for use
 * by many threads.
 */
final class ShownCertificate implements DoorCertificate {

    private static final Logger LOG = LoggerFactory.getLogger(ShownCertificate.class);

    /** What may become right without a change of the files, such as the time, is tried so often. */
    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final Optional<CustomCertificate> custom;
    private final CertificateSource own;
    private final RunFolder run;
    private final AuditLog audit;
    private final InstantSource clock;

    private volatile @Nullable AgentKeys keys;
    private volatile Runnable whenMade = () -> {};
    private volatile State state = new State(false, "");

    // Guarded by this.
    private String seen = "";
    private String read = "";
    private Instant tried = Instant.EPOCH;
    private String warnedOf = "";

    ShownCertificate(
            Optional<CustomCertificate> custom,
            CertificateSource own,
            RunFolder run,
            AuditLog audit,
            InstantSource clock) {
        this.custom = custom;
        this.own = own;
        this.run = run;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * How it stands.
     *
     * @param custom whether the custom one is shown
     * @param trouble why it is not, although there is one; empty otherwise
     */
    record State(boolean custom, String trouble) {}

    /** To be told once there is a certificate; to be set before anything asks for one. */
    void whenMade(Runnable told) {
        whenMade = told;
    }

    /** The keys for TLS; the first call makes them. */
    AgentKeys keys() throws GeneralSecurityException, IOException {
        AgentKeys present = keys;
        if (present != null) {
            return present;
        }
        AgentKeys made = make();
        // Without the lock: whoever is told asks for it.
        whenMade.run();
        return made;
    }

    private synchronized AgentKeys make() throws GeneralSecurityException, IOException {
        AgentKeys present = keys;
        if (present != null) {
            return present;
        }
        Optional<ServerCertificate> given = load();
        ServerCertificate first = given.isPresent() ? given.get() : own.get();
        // Published before a port answers, so that no client verifies with an old one.
        run.publish(first.pem());
        AgentKeys made = new AgentKeys(first);
        keys = made;
        return made;
    }

    /** What is shown; empty until the first one is made. */
    Optional<ServerCertificate> current() {
        return Optional.ofNullable(keys).map(AgentKeys::current);
    }

    State state() {
        return state;
    }

    /** Reads what changed, renews what ends. */
    synchronized void tend() throws GeneralSecurityException, IOException {
        AgentKeys present = keys;
        if (present == null) {
            return;
        }
        if (custom.isPresent()) {
            look(present, custom.get());
        }
        Instant now = clock.instant();
        if (!state.custom() && present.current().needsRenewal(now)) {
            show(present, ServerCertificate.create(now));
            LOG.info("the certificate was renewed");
            record("RENEWED", "the agent's own certificate was renewed");
        }
        if (state.custom()) {
            warn(present.current(), now);
        }
    }

    /** Now: the files are read again, or the agent makes itself a new one. */
    synchronized State rotate() throws GeneralSecurityException, IOException {
        AgentKeys present = made();
        Optional<ServerCertificate> given = load();
        show(present, given.isPresent() ? given.get() : ServerCertificate.create(clock.instant()));
        return state;
    }

    private void look(AgentKeys present, CustomCertificate given)
            throws GeneralSecurityException, IOException {
        String stamp = given.stamp();
        boolean rests = stamp.equals(seen);
        seen = stamp;
        Instant now = clock.instant();
        boolean ended =
                state.custom()
                        && now.isAfter(present.current().certificate().getNotAfter().toInstant());
        boolean again = !state.custom() && now.isAfter(tried.plus(TRY_AGAIN));
        // Half of a pair that is being replaced is no reason to fall back.
        if ((rests && !stamp.equals(read)) || ended || again) {
            Optional<ServerCertificate> loaded = load();
            boolean ownIsShown = present.current().isOwn();
            if (loaded.isPresent()) {
                show(present, loaded.get());
            } else if (!ownIsShown) {
                show(present, ServerCertificate.create(now));
            }
        }
    }

    /** The custom one; empty, with the reason in the state, when there is none to show. */
    private Optional<ServerCertificate> load() {
        if (custom.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        State before = state;
        tried = now;
        read = custom.get().stamp();
        seen = read;
        try {
            ServerCertificate loaded = custom.get().read(now);
            state = new State(true, "");
            record("OK", "the custom certificate is shown: " + loaded.fingerprint());
            return Optional.of(loaded);
        } catch (UnusableCertificate e) {
            state = new State(false, e.sentence());
            if (!before.equals(state)) {
                LOG.warn("the custom certificate is not used: {}", e.sentence());
                record("FAILED", "the custom certificate is not used: " + e.sentence());
            }
            return Optional.empty();
        }
    }

    private void show(AgentKeys present, ServerCertificate next)
            throws GeneralSecurityException, IOException {
        run.publish(next.pem());
        present.replace(next);
    }

    private void warn(ServerCertificate shown, Instant now) {
        if (shown.needsRenewal(now) && !warnedOf.equals(shown.fingerprint())) {
            warnedOf = shown.fingerprint();
            String sentence =
                    "the custom certificate ends at "
                            + shown.certificate().getNotAfter().toInstant();
            LOG.warn("{}", sentence);
            record("EXPIRING", sentence);
        }
    }

    private void record(String outcome, String sentence) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome)
                        .sessionType("system")
                        .reason(sentence)
                        .detail("setting", "Settings/Certificate");
        custom.ifPresent(given -> draft.detail("file", given.file().toString()));
        try {
            audit.append(draft.build());
        } catch (StorageException e) {
            LOG.warn("a change of the certificate is not on record: {}", e.getMessage());
        }
    }

    @Override
    public X509KeyManager keyManager() {
        return made();
    }

    @Override
    public X509Certificate certificate() {
        return made().current().certificate();
    }

    private AgentKeys made() {
        AgentKeys present = keys;
        if (present == null) {
            throw new IllegalStateException("it is a service once there is a certificate");
        }
        return present;
    }
}
