package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(StoreTables.class);

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
            custody.settle();
            return table;
        }
        for (MasterKey.Former former : custody.formers()) {
            KeyTable formers = new KeyTable(database, sealer, former.key(), random);
            if (formers.opens()) {
                if (former.isNext() && custody.given().isEmpty()) {
                    custody.settle(true);
                    return formers;
                }
                database.run("BEGIN IMMEDIATE");
                formers.rewrap(formers.keys(), master);
                database.run("COMMIT");
                custody.takeOver(former.key());
                return table;
            }
        }
        LOG.error("the store does not open with {}", custody.place());
        return table;
    }
}
