package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.StorageException;
import java.security.MessageDigest;
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

    /**
     * Which keys there are afterwards; one at a time. A key that is given from outside stays; one
     * that is named since the start takes over.
     */
    List<String> run(Commit commit) throws StorageException {
        Optional<GivenKey> given = custody.given();
        SecretKey master = given.isPresent() ? given.get().read() : custody.makeNext();
        SecretKey former = tables.keyTable().master();
        List<DataKeys.DataKey> keys = new ArrayList<>();
        commit.of(
                batch -> {
                    keys.clear();
                    tables.keyTable().rotate(master).forEach(keys::add);
                    return List.of();
                });
        tables.keyTable().use(master);
        tables.keys().renew(keys);
        List<String> said = new ArrayList<>(tables.keys().described());
        if (given.isEmpty()) {
            custody.settle(true);
            said.add("master key: new");
        } else if (!MessageDigest.isEqual(former.getEncoded(), master.getEncoded())) {
            custody.drop(former);
            said.add(
                    "master key: now %s; earlier backups open with the former one alone"
                            .formatted(given.get().place()));
        } else {
            said.add(
                    "master key: %s, unchanged: to change it, %s"
                            .formatted(given.get().place(), given.get().change()));
        }
        return said;
    }
}
