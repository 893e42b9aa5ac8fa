package io.kepm.api.elevation;

import io.kepm.api.linux.Origin;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Tells root in its own right from root by a grant, who is no administrator of the agent. */
@ProviderType
public interface GrantedRoot {

    /**
     * Why a process of uid 0 is root by a grant, or can't be told not to be; empty when it is root
     * in its own right.
     */
    Optional<String> byGrant(Origin origin);
}
