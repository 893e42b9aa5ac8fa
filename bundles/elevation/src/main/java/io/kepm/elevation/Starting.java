package io.kepm.elevation;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Grants that are durable and whose unit is about to start: they count once there is a process that
 * they are bound to. Safe for use by many threads.
 */
final class Starting {

    private final Map<String, StoredGrant> grants = new ConcurrentHashMap<>();

    void add(StoredGrant stored) {
        grants.put(stored.id(), stored);
    }

    /** Whoever takes one answers for it from then on. */
    Optional<StoredGrant> take(String grantId) {
        return Optional.ofNullable(grants.remove(grantId));
    }
}
