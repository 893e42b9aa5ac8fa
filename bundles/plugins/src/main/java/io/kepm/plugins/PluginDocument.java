package io.kepm.plugins;

import io.kepm.api.settings.PluginSetting;
import io.kepm.api.trust.TopicRights;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One {@code Plugins/ID.json}, checked (plugins-jobs-settings.md §1).
 *
 * @param kind what it is
 * @param context whose process it is, of an {@code Executable}
 * @param code the jar of a {@code Service}, below {@code Plugins/bin/ID}; or the program of an
 *     {@code Executable}, below the unpacked package, or on the disk ({@link SignedFiles})
 * @param arguments of an {@code Executable}, after its own name
 * @param runAs the account of an {@code Executable} of the context {@code Service}
 * @param platforms empty for all
 * @param topics what it may say and hear at the broker
 * @param metadata its settings: texts, longs, truth values, lists and maps of them
 * @param settings what is said about them, by name
 * @param priority lower ones are started first, equal ones together
 */
record PluginDocument(
        String id,
        String name,
        String description,
        Semver version,
        Kind kind,
        Context context,
        String code,
        List<String> arguments,
        String runAs,
        List<String> platforms,
        TopicRights topics,
        Map<String, Object> metadata,
        Map<String, PluginSetting> settings,
        int priority,
        boolean autoStart,
        boolean monitored,
        boolean autoRestart,
        Checks checks,
        Restarts restarts) {

    static final String PLUGIN_ACCOUNT = "kepm-plugin";

    PluginDocument {
        arguments = List.copyOf(arguments);
        platforms = List.copyOf(platforms);
        metadata = Map.copyOf(metadata);
        settings = Map.copyOf(settings);
    }

    /** A bundle in this container, or a process. */
    enum Kind {
        SERVICE("Service"),
        EXECUTABLE("Executable");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** Whose process it is. */
    enum Context {
        /** Of an account of its own. */
        SERVICE("Service"),
        /** Of whoever is logged in. */
        USER("User"),
        /** Of whoever sits at a desktop, and on it. */
        INTERACTIVE("Interactive");

        private final String word;

        Context(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * How its health is asked for.
     *
     * @param ping whether a process is asked over the broker too
     */
    record Checks(Duration interval, int failures, Duration timeout, boolean ping) {}

    /** How often it may be started again, and after which pauses. */
    record Restarts(int most, Duration window, Duration firstPause, Duration longestPause) {}

    boolean isForThisSystem() {
        return platforms.isEmpty() || platforms.contains("Linux");
    }
}
