package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import javax.crypto.SecretKey;

/** The tables of an open store with what seals their rows. For use by the writer thread alone. */
record StoreTables(
        Database database,
        DataKeys keys,
        HeadTable heads,
        ItemTable items,
        AuditTable audit,
        ItemSealer itemSealer,
        AuditSealer auditSealer,
        KeyedHash hashes) {

    static StoreTables open(Database database, SecretKey master, SecureRandom random)
            throws SQLException, GeneralSecurityException, StorageException {
        Schema.migrate(database);
        Sealer sealer = new Sealer(random);
        DataKeys keys = new KeyTable(database, sealer, master, random).load();
        KeyedHash hashes = new KeyedHash(keys);
        return new StoreTables(
                database,
                keys,
                new HeadTable(database, keys, sealer),
                new ItemTable(database),
                new AuditTable(database),
                new ItemSealer(keys, sealer, hashes),
                new AuditSealer(keys, sealer, hashes),
                hashes);
    }
}
