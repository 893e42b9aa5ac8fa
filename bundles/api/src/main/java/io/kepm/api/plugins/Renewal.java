package io.kepm.api.plugins;

import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Parts of the agent on whose services others hang, and which are restarted from within: their
 * services stay, what they hold is made anew. Registered as a service by the agent's own bundles.
 */
@ProviderType
public interface Renewal {

    /** Names of the parts, as the list of plugins has them. */
    Set<String> parts();

    /**
     * Makes one anew.
     *
     * @return why that was not done, and the former one goes on; empty when it was
     */
    Optional<String> renew(String part);
}
