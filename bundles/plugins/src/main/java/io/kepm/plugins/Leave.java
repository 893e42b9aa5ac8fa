package io.kepm.plugins;

import io.kepm.api.storage.StorageException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which jar of a plugin may come in although something newer of its name was here before: what
 * {@code --allow-downgrade} means, what makes room for a version that failed, and what is on record
 * as let in. INVARIANT: it is one jar, by its digest, whoever asks; for all others the guard's book
 * of versions holds. Safe for use by many threads.
 */
final class Leave {

    private static final Logger LOG = LoggerFactory.getLogger(Leave.class);

    private final PluginRecords records;
    private final Consumer<String> guard;
    private final Map<String, String> given = new ConcurrentHashMap<>();
    private final Map<String, String> came = new ConcurrentHashMap<>();

    /**
     * @param guard is told the SHA-256 of a jar that may be older, right before it comes
     */
    Leave(PluginRecords records, Consumer<String> guard) {
        this.records = records;
        this.guard = guard;
    }

    /**
     * A version is about to be tried.
     *
     * @return SHA-256 of the jar that came in last before; empty when none did in this run
     */
    String begin(String id) {
        given.remove(id);
        String former = came.remove(id);
        return former == null ? "" : former;
    }

    /** That jar is meant, whatever was here, until the {@link #end}. */
    void give(String id, String sha256) {
        given.put(id, sha256);
    }

    void end(String id) {
        given.remove(id);
    }

    /** Its plugin is about to be removed: a jar of it that comes back is like any other. */
    void forget(String id) throws StorageException {
        records.removing(id);
        given.remove(id);
        came.remove(id);
    }

    /** A jar is about to be installed. */
    void coming(String id, String sha256) {
        if (sha256.equals(given.get(id)) || isOnRecord(id, sha256)) {
            guard.accept(sha256);
        }
    }

    /** It was let in. */
    void came(String id, String sha256) {
        came.put(id, sha256);
    }

    /** Whether that jar may come again: it came in, or it is meant. */
    boolean isGood(String id, String sha256) {
        return sha256.equals(given.get(id)) || sha256.equals(came.get(id));
    }

    private boolean isOnRecord(String id, String sha256) {
        try {
            return records.isLetIn(id, sha256);
        } catch (StorageException e) {
            LOG.warn("which jar of plugin {} was let in is not known: {}", id, e.getMessage());
            return false;
        }
    }
}
