package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Optional;
import javax.crypto.SecretKey;

/** The tables of an open store with what seals their rows. For use by the writer thread alone. */
record StoreTables(
        Database database,
        KeyTable keyTable,
        DataKeys keys,
        HeadTable heads,
        ItemTable items,
        AuditTable audit,
        ItemSealer itemSealer,
        AuditSealer auditSealer,
        KeyedHash hashes) {

    static StoreTables open(Database database, MasterKey custody, SecureRandom random)
            throws SQLException, GeneralSecurityException, StorageException {
        SecretKey master = custody.load();
        Schema.migrate(database);
        Sealer sealer = new Sealer(random);
        return of(database, settled(database, sealer, master, custody, random), sealer);
    }

    static StoreTables of(Database database, KeyTable keyTable, Sealer sealer)
            throws SQLException, GeneralSecurityException, StorageException {
        DataKeys keys = keyTable.load();
        KeyedHash hashes = new KeyedHash(keys);
        return new StoreTables(
                database,
                keyTable,
                keys,
                new HeadTable(database, keys, sealer),
                new ItemTable(database),
                new AuditTable(database),
                new ItemSealer(keys, sealer, hashes),
                new AuditSealer(keys, sealer, hashes),
                hashes);
    }

    /** The data keys under the master key that is in force, whatever cut a change of it short. */
    private static KeyTable settled(
            Database database,
            Sealer sealer,
            SecretKey master,
            MasterKey custody,
            SecureRandom random)
            throws SQLException, GeneralSecurityException, StorageException {
        KeyTable table = new KeyTable(database, sealer, master, random);
        if (table.opens()) {
            custody.settle(false);
            return table;
        }
        Optional<SecretKey> other = custody.other();
        if (other.isEmpty()) {
            return table;
        }
        KeyTable others = new KeyTable(database, sealer, other.get(), random);
        if (!others.opens()) {
            return table;
        }
        if (custody.isGiven()) {
            database.run("BEGIN IMMEDIATE");
            others.rewrap(others.keys(), master);
            database.run("COMMIT");
            return table;
        }
        custody.settle(true);
        return others;
    }
}
