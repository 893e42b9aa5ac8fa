package io.kepm.mqtt;

import io.kepm.api.trust.DoorCertificate;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, as at the HTTPS door, and with
 * the same certificate: also when that door was started anew. Safe for use by many threads.
 */
final class TlsDoor {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    };
    private static final long CLOSE_MILLIS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(TlsDoor.class);

    private final Supplier<DoorCertificate> certificates;

    // Guarded by this.
    private DoorCertificate shown;
    private SSLContext context;

    /**
     * @param certificates the one of now, or the last that there was
     */
    TlsDoor(Supplier<DoorCertificate> certificates) throws GeneralSecurityException {
        this.certificates = certificates;
        shown = certificates.get();
        context = context(shown);
    }

    private synchronized SSLContext current() {
        DoorCertificate now = certificates.get();
        if (now != shown) {
            try {
                context = context(now);
                shown = now;
            } catch (GeneralSecurityException e) {
                LOG.error("the former certificate is shown on: {}", e.getMessage());
            }
        }
        return context;
    }

    private static SSLContext context(DoorCertificate certificate) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        // Clients show no certificate, so nobody is trusted; null would read all of the JDK's.
        context.init(
                new KeyManager[] {certificate.keyManager()},
                new TrustManager[0],
                new SecureRandom());
        return context;
    }

    /** For one connection; the slow parts of the handshake run on the executor. */
    SslHandler handler(Executor slow, long handshakeMillis) {
        SSLEngine engine = current().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setEnabledCipherSuites(SUITES);
        SslHandler handler = new SslHandler(engine, slow);
        handler.setHandshakeTimeoutMillis(handshakeMillis);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        return handler;
    }
}
