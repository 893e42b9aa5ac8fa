package io.kepm.https;

import io.kepm.api.trust.DoorCertificate;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one key that TLS uses; replacing it reaches every later handshake. No key store, no file, no
 * password.
 */
final class AgentKeys extends X509ExtendedKeyManager implements DoorCertificate {

    private static final String ALIAS = "agent";

    private volatile ServerCertificate current;

    AgentKeys(ServerCertificate first) {
        current = first;
    }

    void replace(ServerCertificate next) {
        current = next;
    }

    ServerCertificate current() {
        return current;
    }

    @Override
    public X509KeyManager keyManager() {
        return this;
    }

    @Override
    public X509Certificate certificate() {
        return current.certificate();
    }

    /** TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, nothing else. */
    SslContextFactory.Server contextFactory() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        // Clients show no certificate, so nobody is trusted; null would read all of the JDK's.
        context.init(new KeyManager[] {this}, new TrustManager[0], new SecureRandom());
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(context);
        factory.setIncludeProtocols("TLSv1.2", "TLSv1.3");
        factory.setIncludeCipherSuites(
                "TLS_AES_128_GCM_SHA256",
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        factory.setRenegotiationAllowed(false);
        factory.setSniRequired(false);
        return factory;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return keyType.equals("EC") ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return keyType.equals("EC") ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return new X509Certificate[] {current.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return current.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
