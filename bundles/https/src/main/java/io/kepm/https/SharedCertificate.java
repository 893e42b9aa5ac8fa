package io.kepm.https;

import io.kepm.api.trust.DoorCertificate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The certificate as a service for other TLS doors, from the moment there is one. */
final class SharedCertificate implements AutoCloseable {

    // Guarded by this.
    private @Nullable ServiceRegistration<DoorCertificate> registration;
    private boolean closed;

    SharedCertificate(BundleContext context, ShownCertificate shown) {
        shown.whenMade(() -> register(context, shown));
    }

    private synchronized void register(BundleContext context, ShownCertificate shown) {
        if (!closed) {
            registration = context.registerService(DoorCertificate.class, shown, null);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        ServiceRegistration<DoorCertificate> present = registration;
        if (present != null) {
            registration = null;
            present.unregister();
        }
    }
}
