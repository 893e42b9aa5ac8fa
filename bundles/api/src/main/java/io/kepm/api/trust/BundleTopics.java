package io.kepm.api.trust;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** What the bundle of a plugin may say and hear at the broker, by its document. */
@ProviderType
public interface BundleTopics {

    /** The rights of a bundle; {@link TopicRights#NONE} when it belongs to no running plugin. */
    TopicRights of(long bundleId);

    /** The id of the running plugin that a bundle is of; empty when it is of none. */
    default Optional<String> plugin(long bundleId) {
        return Optional.empty();
    }
}
