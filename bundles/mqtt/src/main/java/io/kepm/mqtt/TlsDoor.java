package io.kepm.mqtt;

import io.kepm.api.trust.DoorCertificate;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/** TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, as at the HTTPS door. */
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

    private final SSLContext context;

    TlsDoor(DoorCertificate certificate) throws GeneralSecurityException {
        context = SSLContext.getInstance("TLS");
        // Clients show no certificate, so nobody is trusted; null would read all of the JDK's.
        context.init(
                new KeyManager[] {certificate.keyManager()},
                new TrustManager[0],
                new SecureRandom());
    }

    /** For one connection; the slow parts of the handshake run on the executor. */
    SslHandler handler(Executor slow, long handshakeMillis) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setEnabledCipherSuites(SUITES);
        SslHandler handler = new SslHandler(engine, slow);
        handler.setHandshakeTimeoutMillis(handshakeMillis);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        return handler;
    }
}
