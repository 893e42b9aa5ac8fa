package io.kepm.api.settings;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The effective settings, checked as a whole when the agent starts; they do not change while it
 * runs.
 */
@ProviderType
public interface Settings {

    /** The effective value. */
    <T> T get(Setting<T> setting);

    /**
     * The folder of {@code appsettings.json}, {@code policies/}, {@code KeeperStorage/} and {@code
     * Log/}.
     */
    Path approot();
}
