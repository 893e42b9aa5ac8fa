package io.kepm.api.trust;

import java.security.cert.X509Certificate;
import javax.net.ssl.X509KeyManager;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The one certificate that every door with TLS shows (api-mqtt.md §1). Registered once it is made.
 * Safe for use by many threads.
 */
@ProviderType
public interface DoorCertificate {

    /** The key and its chain: always the current one, so that a change reaches later handshakes. */
    X509KeyManager keyManager();

    /** The public part of the current one. */
    X509Certificate certificate();
}
