package io.kepm.https;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Makes the certificate while the other floors start: it needs none of them, and a third of a
 * second. Safe for use by many threads.
 */
@Component(service = FirstCertificate.class, immediate = true)
public final class FirstCertificate implements CertificateSource {

    private final FutureTask<ServerCertificate> made =
            new FutureTask<>(() -> ServerCertificate.create(Instant.now()));

    @Activate
    public FirstCertificate() {
        Thread thread = new Thread(made, "https-certificate");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public ServerCertificate get() throws GeneralSecurityException {
        try {
            return made.get();
        } catch (ExecutionException e) {
            // Whoever opens the door asks again after a while: each time a new attempt.
            return ServerCertificate.create(Instant.now());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GeneralSecurityException("interrupted", e);
        }
    }
}
