package io.kepm.plugins;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.plugins.PluginState;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is put on record about plugins, and the highest version of each that ever ran. */
final class PluginRecords {

    private static final Logger LOG = LoggerFactory.getLogger(PluginRecords.class);
    private static final String HIGHEST = "plugin.highest.";
    private static final String MEANT = "plugin.meant.";

    private final AuditLog audit;
    private final Storage storage;
    private final AtomicLong restarts = new AtomicLong();

    PluginRecords(AuditLog audit, Storage storage) {
        this.audit = audit;
        this.storage = storage;
    }

    /** One that had ended is to be started again; its change of state says so. */
    void restarting() {
        restarts.incrementAndGet();
    }

    /** How often that was since the start of the agent. */
    long restarts() {
        return restarts.get();
    }

    /** A state of the running agent stands, whether or not it can be put on record. */
    void changed(
            PluginDocument document, PluginState from, PluginState to, String reason, String who) {
        String id = document.id();
        String outcome = to == PluginState.FAILED ? "FAILED" : "OK";
        try {
            audit.append(
                    AuditDraft.of(AuditType.PLUGIN_STATE_CHANGED, outcome)
                            .sessionType("system")
                            .plugin(id, document.version().toString())
                            .reason(reason)
                            .detail("plugin", id)
                            .detail("from", from.word())
                            .detail("to", to.word())
                            .detail("by", who)
                            .build());
        } catch (StorageException e) {
            LOG.error("plugin {} is {}, which is not on record: {}", id, to, e.getMessage());
        }
        if (to == PluginState.FAILED) {
            LOG.error("plugin {} failed: {}", id, reason);
        } else {
            LOG.info("plugin {} is {} {}", id, to.word(), reason);
        }
    }

    /**
     * What was not let in.
     *
     * @param name of its file, when nothing of it was read
     * @param id empty then
     * @param version empty when its document was not read
     */
    record Named(String name, String id, String version) {
        static Named file(String name) {
            return new Named(name, "", "");
        }

        static Named plugin(String id) {
            return new Named(id, id, "");
        }

        static Named of(PluginDocument document) {
            return new Named(document.id(), document.id(), document.version().toString());
        }
    }

    void refused(Named plugin, List<String> faults, String sha256, String signer, String who) {
        LOG.warn("plugin {} was refused: {}", plugin.name(), faults);
        try {
            audit.append(
                    AuditDraft.of(AuditType.PLUGIN_REFUSED, "REFUSED")
                            .sessionType("system")
                            .plugin(plugin.id(), plugin.version())
                            .reason(String.join("; ", faults))
                            .detail("plugin", plugin.name())
                            .detail("sha256", sha256)
                            .detail("signer", signer)
                            .detail("by", who)
                            .build());
        } catch (StorageException e) {
            LOG.error("a refused plugin is not on record: {}", e.getMessage());
        }
    }

    /**
     * Puts an installation on record together with the highest version.
     *
     * @param sha256 of the file that was installed
     * @param code of the jar of a {@code Service} that was let in, or is meant; else empty
     * @throws StorageException when nothing of it is kept; the installation must not stand then
     */
    void installed(PluginDocument document, String sha256, String code, String signer, String who)
            throws StorageException {
        String version = document.version().toString();
        boolean higher =
                highest(document.id())
                        .map(old -> old.compareTo(document.version()) < 0)
                        .orElse(true);
        byte[] bytes = version.getBytes(StandardCharsets.UTF_8);
        byte[] meant =
                (version + " " + sha256 + " " + code).strip().getBytes(StandardCharsets.UTF_8);
        List<Mutation> mutations = new ArrayList<>();
        mutations.add(new Mutation.Put(Table.AGENT_STATE, MEANT + document.id(), meant));
        if (higher) {
            mutations.add(new Mutation.Put(Table.AGENT_STATE, HIGHEST + document.id(), bytes));
        }
        audit.commit(
                new Change(
                        mutations,
                        List.of(
                                AuditDraft.of(AuditType.PLUGIN_INSTALLED, "OK")
                                        .sessionType("system")
                                        .plugin(document.id(), version)
                                        .detail("plugin", document.id())
                                        .detail("version", version)
                                        .detail("sha256", sha256)
                                        .detail("signer", signer)
                                        .detail("by", who)
                                        .build())));
    }

    /**
     * A plugin is about to be removed: what was meant by its last installation is so no more. Its
     * highest version stays known.
     *
     * @throws StorageException when that is not kept; the plugin must stay then
     */
    void removing(String id) throws StorageException {
        if (storage.get(Table.AGENT_STATE, MEANT + id).isPresent()) {
            Mutation taken = new Mutation.Take(Table.AGENT_STATE, MEANT + id);
            audit.commit(new Change(List.of(taken), List.of()));
        }
    }

    /** The highest version that was ever installed here; it outlives the plugin. */
    Optional<Semver> highest(String id) throws StorageException {
        return storage.get(Table.AGENT_STATE, HIGHEST + id)
                .flatMap(bytes -> Semver.read(new String(bytes, StandardCharsets.UTF_8)));
    }

    /** Whether it is the version that was installed last, perhaps an older one on purpose. */
    boolean isMeant(String id, Semver version) throws StorageException {
        return Semver.read(meant(id, 0)).filter(version::equals).isPresent();
    }

    /** Whether it is the file that was installed last, and is on record. */
    boolean isMeant(String id, String sha256) throws StorageException {
        return meant(id, 1).equals(sha256);
    }

    /** Whether it is the jar of that installation, and the guard let that in or is to do so. */
    boolean isLetIn(String id, String sha256) throws StorageException {
        return meant(id, 2).equals(sha256);
    }

    /** Version, file and jar of the last installation. */
    private String meant(String id, int word) throws StorageException {
        String[] words =
                storage.get(Table.AGENT_STATE, MEANT + id)
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .orElse("")
                        .split(" ", -1);
        return word < words.length ? words[word] : "";
    }
}
