package io.kepm.trust;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.trust.Signatures;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guard's judgement as a service, and the one thread that has it look for what was revoked. */
@Component(immediate = true)
public final class SignaturesComponent implements Signatures {

    private static final Logger LOG = LoggerFactory.getLogger(SignaturesComponent.class);
    private static final long SWEEP_SECONDS = 5;

    private final BundleContext context;
    private final GuardDesk desk;
    private final ScheduledExecutorService thread;
    private final ServiceRegistration<HealthCheck> health;

    @Activate
    public SignaturesComponent(BundleContext context) {
        this.context = context;
        desk = new GuardDesk(this::find);
        health = context.registerService(HealthCheck.class, new SignersCheck(this), null);
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> new Thread(task, "kepm-revocations"));
        Future<?> unused =
                thread.scheduleWithFixedDelay(
                        this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    @Deactivate
    void stop() {
        thread.shutdownNow();
        health.unregister();
    }

    @Override
    public Verdict bundle(ByteBuffer jar) {
        return desk.bundle(jar);
    }

    @Override
    public Verdict pack(ByteBuffer jar) {
        return desk.pack(jar);
    }

    @Override
    public Verdict again(ByteBuffer jar) {
        return desk.again(jar);
    }

    @Override
    public Verdict detached(byte[] file, byte[] signature) {
        return desk.detached(file, signature);
    }

    @Override
    public Signers signers() {
        return desk.signers();
    }

    private void sweep() {
        try {
            desk.sweep().forEach(each -> LOG.warn("revoked, and thrown out: {}", each));
        } catch (RuntimeException e) {
            LOG.error("the look for revoked bundles failed, and will be tried again", e);
        }
    }

    /** INVARIANT: only the framework itself is believed to be the guard. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private Optional<Function<Map<String, Object>, Map<String, Object>>> find() {
        try {
            for (ServiceReference<Function> each :
                    context.getServiceReferences(Function.class, "(kepm.guard=desk)")) {
                if (each.getBundle() != null && each.getBundle().getBundleId() == 0) {
                    return Optional.ofNullable(
                            (Function<Map<String, Object>, Map<String, Object>>)
                                    context.getService(each));
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return Optional.empty();
    }
}
