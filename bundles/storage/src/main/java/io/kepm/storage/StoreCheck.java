package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.util.ArrayList;
import java.util.List;

/** Reads the store from end to end; the chain of the records is the audit's own check. */
final class StoreCheck {

    private final SqliteStorage storage;

    StoreCheck(SqliteStorage storage) {
        this.storage = storage;
    }

    /** What is wrong; empty when nothing is. */
    List<String> run() throws StorageException {
        List<String> faults = new ArrayList<>();
        for (Table table : Table.values()) {
            try {
                storage.list(table);
            } catch (StorageException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
        try {
            storage.read(StoreCheck::sums);
        } catch (StorageException e) {
            faults.add(String.valueOf(e.getMessage()));
        }
        String pages = storage.read(StoreCheck::pages);
        if (!pages.equals("ok")) {
            faults.add("SQLite finds damage: " + pages);
        }
        return List.copyOf(faults);
    }

    private static boolean sums(StoreTables tables) throws java.sql.SQLException, StorageException {
        Head head = tables.heads().load();
        tables.heads().checkRecords(head);
        tables.heads().checkItems(head, tables.items(), tables.itemSealer(), tables.hashes());
        return true;
    }

    private static String pages(StoreTables tables) throws java.sql.SQLException {
        return tables.database().used() > StoreCare.LARGEST_CHECKED
                ? "ok"
                : tables.database().text("PRAGMA quick_check(1)");
    }
}
