package io.kepm.jobs;

import io.kepm.api.trust.DoorCertificate;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The two clients of tasks: one believes the authorities of this Java, one believes the agent's own
 * certificate and nothing else. Each is made once, since a client keeps threads of its own until it
 * is forgotten. Safe for use by many threads.
 */
final class HttpClients {

    private static final Duration TO_CONNECT = Duration.ofSeconds(30);

    private final Supplier<Optional<DoorCertificate>> certificate;
    private @Nullable HttpClient others;
    private @Nullable HttpClient ours;
    private @Nullable X509Certificate believed;

    HttpClients(Supplier<Optional<DoorCertificate>> certificate) {
        this.certificate = certificate;
    }

    synchronized HttpClient others() throws GeneralSecurityException {
        HttpClient present = others;
        if (present == null) {
            present = client(SSLContext.getDefault());
            others = present;
        }
        return present;
    }

    /**
     * Believes the certificate that the doors show now.
     *
     * @throws IOException when they show none yet
     */
    synchronized HttpClient ours() throws GeneralSecurityException, IOException {
        X509Certificate now =
                certificate
                        .get()
                        .orElseThrow(() -> new IOException("the agent's API is not up yet"))
                        .certificate();
        HttpClient present = ours;
        if (present == null || !now.equals(believed)) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Only(now)}, null);
            present = client(context);
            ours = present;
            believed = now;
        }
        return present;
    }

    private static HttpClient client(SSLContext context) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(TO_CONNECT)
                .sslContext(context)
                .build();
    }

    /** One certificate, whatever names are in it: whoever shows it has its key. */
    private static final class Only extends X509ExtendedTrustManager {
        private final X509Certificate certificate;

        Only(X509Certificate certificate) {
            this.certificate = certificate;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length == 0 || !certificate.equals(chain[0])) {
                throw new CertificateException("this is not the certificate of the agent");
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("nobody comes in here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
