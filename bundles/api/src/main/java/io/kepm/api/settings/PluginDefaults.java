package io.kepm.api.settings;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the files of plugins say; registered as a service by whoever reads {@code Plugins/}. Several
 * may be there; of two that name one plugin the first counts.
 */
@ConsumerType
public interface PluginDefaults {

    /**
     * All plugins now, from memory: it is asked for every look at a setting of a plugin. When they
     * change, change a property of the service too, so that this is noticed.
     */
    List<PluginFile> plugins();
}
