package io.kepm.https;

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
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one key that TLS uses; replacing it reaches every later handshake. No key store, no file, no
 * password.
 */
final class AgentKeys extends X509ExtendedKeyManager {

    private static final String ALIAS = "agent";

    /** The one shown now, and the one before it, which a handshake may have begun with. */
    private record Pair(ServerCertificate now, ServerCertificate before) {}

    private volatile Pair pair;

    AgentKeys(ServerCertificate first) {
        pair = new Pair(first, first);
    }

    synchronized void replace(ServerCertificate next) {
        pair = new Pair(next, pair.now());
    }

    ServerCertificate current() {
        return pair.now();
    }

    /** TLS asks for chain and key one after the other: both have to be of one certificate. */
    private ServerCertificate named(String alias) {
        Pair present = pair;
        return alias.equals(alias(present.before())) ? present.before() : present.now();
    }

    private static String alias(ServerCertificate certificate) {
        return ALIAS + "-" + certificate.certificate().getSerialNumber().toString(16);
    }

    private @Nullable String alias(String keyType) {
        ServerCertificate now = pair.now();
        return keyType.equals(now.certificate().getPublicKey().getAlgorithm()) ? alias(now) : null;
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
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                // For a custom certificate with an RSA key.
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
        factory.setRenegotiationAllowed(false);
        factory.setSniRequired(false);
        return factory;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {alias(pair.now())};
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return named(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
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
