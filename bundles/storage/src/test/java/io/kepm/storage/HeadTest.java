package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditPlace;
import io.kepm.api.storage.Change;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadTest {

    @TempDir Path temp;

    @Test
    void a_head_is_the_same_after_it_was_stored() {
        Head head = new Head(7, "ab".repeat(32), new byte[32], new AuditPlace(3, "cd".repeat(32)));
        Head again = Head.decoded(head.encoded());
        assertThat(again.seq()).isEqualTo(7);
        assertThat(again.hash()).isEqualTo("ab".repeat(32));
        assertThat(again.base()).isEqualTo(head.base());
    }

    @Test
    void one_of_the_first_schema_had_removed_nothing() {
        byte[] whole = Head.first().encoded();
        Head old = Head.decoded(Arrays.copyOf(whole, 8 + 64 + 32));
        assertThat(old.base()).isEqualTo(AuditPlace.START);
    }

    @Test
    void a_store_of_the_first_schema_is_brought_up_to_this_one() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("kept")));
        }
        Stores.tamper(
                temp,
                "DROP INDEX audit_account",
                "DROP INDEX audit_target",
                "DROP INDEX audit_request",
                "DROP INDEX audit_time",
                "ALTER TABLE audit DROP COLUMN searchable",
                "PRAGMA user_version=1",
                "PRAGMA application_id=0");
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.verify(storage)).isEqualTo("intact: 1");
            assertThat(
                            (long)
                                    storage.read(
                                            tables ->
                                                    tables.database()
                                                            .number("PRAGMA application_id")))
                    .isEqualTo(0x4b45504d);
        }
    }
}
