package io.kepm.api.plugins;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The plugins of this agent and its own parts. What changes something waits for the change, up to
 * the deadlines of the plugin, and is on record when it returns. Safe for use by many threads.
 */
@ProviderType
public interface Plugins {

    /** All, in order of start. */
    List<PluginStatus> list();

    Optional<PluginStatus> find(String id);

    /**
     * Installs a signed {@code .jar} or {@code .kpk}, or replaces the version that is there. When
     * the new one does not become healthy, the former one runs on.
     *
     * @param file a private copy that nobody else can change; it is not deleted
     * @param allowDowngrade whether it may be older than the highest version ever run
     * @param who the administrator, for the record
     */
    Outcome install(Path file, boolean allowDowngrade, String who);

    Outcome remove(String id, String who);

    Outcome start(String id, String who);

    Outcome stop(String id, String who);

    /** Stops and starts it, and no other plugin; refused where that can't be done. */
    Outcome restart(String id, String who);

    /** Reads the documents again: new ones are started, changed ones restarted, others left. */
    Outcome reload(String who);

    /**
     * How it went.
     *
     * @param id the plugin it was about, as far as it is known
     * @param faults why it was not done, in lower case; empty when it was
     * @param known false when there is no such plugin
     */
    record Outcome(String id, List<String> faults, boolean known) {
        public Outcome {
            faults = List.copyOf(faults);
        }

        public static Outcome done(String id) {
            return new Outcome(id, List.of(), true);
        }

        public static Outcome refused(String id, List<String> faults) {
            return new Outcome(id, faults, true);
        }

        public static Outcome refused(String id, String fault) {
            return new Outcome(id, List.of(fault), true);
        }

        public static Outcome unknown(String id) {
            return new Outcome(id, List.of("there is no plugin `" + id + "`"), false);
        }

        public boolean isDone() {
            return faults.isEmpty();
        }
    }
}
