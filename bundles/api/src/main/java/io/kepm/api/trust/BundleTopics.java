package io.kepm.api.trust;

import org.osgi.annotation.versioning.ProviderType;

/** What the bundle of a plugin may say and hear at the broker, by its document. */
@ProviderType
public interface BundleTopics {

    /** The rights of a bundle; {@link TopicRights#NONE} when it belongs to no running plugin. */
    TopicRights of(long bundleId);
}
