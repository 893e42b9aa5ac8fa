package io.kepm.api.log;

import java.util.SortedMap;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The levels in force. What is changed here holds until the agent stops; the next start begins with
 * the settings again.
 */
@ProviderType
public interface LogLevels {

    /** Stands for every component that has no level of its own. */
    String DEFAULT = "default";

    /** Every level that was set, by component, {@link #DEFAULT} among them. */
    SortedMap<String, LogLevel> levels();

    /**
     * The level in force.
     *
     * @param component a bundle of ours ({@code policy}) or a logger, words joined by dots
     */
    LogLevel level(String component);

    /**
     * Changes a level at once.
     *
     * @throws IllegalArgumentException when no component can have that name, or too many have a
     *     level already
     */
    void set(String component, LogLevel level);
}
