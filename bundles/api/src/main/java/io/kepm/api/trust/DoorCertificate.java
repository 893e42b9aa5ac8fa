package io.kepm.api.trust;

import java.security.cert.X509Certificate;
import javax.net.ssl.X509KeyManager;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The certificate that every TLS door of the agent shows. It is there once it is made; it may be
 * replaced at any time (renewed, or a custom one whose file changed), and whoever uses {@link
 * #keyManager} then shows the new one from the next handshake on. Safe for use by many threads.
 */
@ProviderType
public interface DoorCertificate {

    /** Always answers with the current certificate; an {@code X509ExtendedKeyManager}. */
    X509KeyManager keyManager();

    /** The current one, without its chain. */
    X509Certificate certificate();
}
