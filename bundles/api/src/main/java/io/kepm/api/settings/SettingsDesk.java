package io.kepm.api.settings;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where settings are looked up and changed: those of the agent's parts, and those of plugins. What
 * a policy sets wins over what the API sets; both are kept in the store and win over the file of
 * the plugin, which wins over {@code appsettings.json}, which wins over what is built in. Safe for
 * use by many threads; changes are made one after the other.
 */
@ProviderType
public interface SettingsDesk {

    /** Bytes at most of a value, as JSON. */
    int LARGEST_VALUE = 16 * 1024;

    /** Ids of what has settings: the parts of the agent first. */
    List<String> plugins();

    /** The settings of a plugin or part; empty when there is none of that id. */
    Optional<List<EffectiveSetting>> list(String plugin);

    /** The plugin that was probably meant. */
    Optional<String> near(String plugin);

    /**
     * Sets one value. It is in the store, and on record, when this returns.
     *
     * @param json String, Long, Boolean, or List of String or of Map with such values; anything
     *     else is refused
     * @param log takes the change and its record together; who calls brings it, since on the ground
     *     floor calls go only leftwards (architecture.md §1)
     * @throws StorageException when nothing of it took effect
     */
    Outcome put(String plugin, String name, Object json, Author author, AuditLog log)
            throws StorageException;

    /** Takes back all that the API set for one plugin. */
    Outcome revert(String plugin, Author author, AuditLog log) throws StorageException;

    /** Takes back all that the API set. */
    Outcome revertAll(Author author, AuditLog log) throws StorageException;

    /**
     * Makes what policies say about settings exactly this: it is in the store, and on record, when
     * this returns; what a policy said before and none says now is taken back.
     *
     * @param updates in order; of two that say different things about a setting the first counts
     */
    Followed follow(List<PolicyUpdate> updates, AuditLog log) throws StorageException;

    /**
     * What forbids that a policy replaces a file by this content; empty when nothing does. Nothing
     * is written.
     *
     * @param content the whole new file
     */
    List<String> faults(TargetFile file, byte[] content);

    /**
     * Who changes something.
     *
     * @param by {@code api}, or {@code policy} with its id
     */
    record Author(AuditDraft.UserInfo who, String by) {}

    /**
     * A policy that says what a file would be: its settings count instead, nothing is written.
     *
     * @param policy its id
     * @param content the whole file
     */
    record PolicyUpdate(String policy, TargetFile file, byte[] content) {}

    /**
     * What came of policies.
     *
     * @param changed names of settings that policies set anew, or no longer
     * @param faults why something of a policy is not done, with its id; then nothing of it is
     */
    record Followed(List<String> changed, List<String> faults) {
        public Followed {
            changed = List.copyOf(changed);
            faults = List.copyOf(faults);
        }
    }

    /** How it went. */
    sealed interface Outcome {

        /** Done; the settings whose effective or next value is another one now. */
        record Done(List<EffectiveSetting> changed) implements Outcome {
            public Done {
                changed = List.copyOf(changed);
            }
        }

        /** There is no such plugin. */
        record NoPlugin(String why) implements Outcome {}

        /** The name or the value can't be taken; it is on record. */
        record Refused(String why) implements Outcome {}
    }
}
