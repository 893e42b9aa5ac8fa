package io.kepm.api.settings;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The settings in force. They are checked as a whole when the agent starts and stay as they are
 * while it runs, but for those that are {@linkplain Setting.Reach#LIVE live}: ask for these each
 * time they are needed, or listen. Safe for use by many threads.
 */
@ProviderType
public interface Settings {

    /** The effective value. */
    <T> T get(Setting<T> setting);

    /**
     * Calls the listener after each change of a value in force, on the thread that changed it,
     * until the answer is closed. It may be called when its own setting is as before.
     */
    default Listening listen(Runnable listener) {
        return () -> {};
    }

    /** Ends with {@link #close}; may be closed twice. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * The folder of {@code appsettings.json}, {@code policies/}, {@code KeeperStorage/} and {@code
     * Log/}.
     */
    Path approot();
}
