package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * A change of keys: new data keys for what is written from now on, and a new master key around all
 * of them. The new master key is on disk before it is used, and the former one goes only after the
 * store is wrapped with the new one: at no moment is there a store that no key opens.
 */
final class KeyRotation {

    /** Gives a step to the single writer and waits. */
    interface Commit {
        List<AuditEntry> of(Pending.Step step) throws StorageException;
    }

    private final StoreTables tables;
    private final MasterKey custody;

    KeyRotation(StoreTables tables, MasterKey custody) {
        this.tables = tables;
        this.custody = custody;
    }

    /** Which keys there are afterwards; one at a time. A key that is given from outside stays. */
    List<String> run(Commit commit) throws StorageException {
        Optional<SecretKey> next =
                custody.isGiven() ? Optional.empty() : Optional.of(custody.makeNext());
        SecretKey master = next.isPresent() ? next.get() : custody.load();
        List<DataKeys.DataKey> keys = new ArrayList<>();
        commit.of(
                batch -> {
                    keys.clear();
                    tables.keyTable().rotate(master).forEach(keys::add);
                    return List.of();
                });
        tables.keyTable().use(master);
        if (next.isPresent()) {
            custody.settle(true);
        }
        tables.keys().renew(keys);
        List<String> said = new ArrayList<>(tables.keys().described());
        said.add(
                next.isPresent()
                        ? "master key: new"
                        : "master key: the credential, unchanged: give a new one with the former as"
                                + " `kepm-storage-key.old`, and restart the agent");
        return said;
    }
}
