package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.storage.RealStore;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BreakGlassReserveTest {

    private static final String LINE =
            "{\"event_time\":\"2026-11-25T10:00:00Z\",\"audit_event_type\":\"ADMIN_ACTION\","
                    + "\"outcome\":\"BREAK_GLASS\",\"reason\":\"it denies everything\"}";

    @TempDir Path temp;

    @Test
    void ab_106_what_was_written_over_the_reserve_is_adopted_once() throws Exception {
        Path spool = temp.resolve("spool");
        new BreakGlassReserve(spool).prepare();
        Path reserve = spool.resolve(BreakGlassReserve.NAME);
        assertThat(Files.size(reserve)).isEqualTo(BreakGlassReserve.SIZE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(reserve)))
                .isEqualTo("rw-------");
        try (FileChannel channel = FileChannel.open(reserve, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(LINE.getBytes(StandardCharsets.UTF_8)));
        }
        Files.move(reserve, spool.resolve("break-glass-1.jsonl"));
        try (RealStore.Closing store = RealStore.open(temp.resolve("store"))) {
            Adoption adoption =
                    new Adoption(store.storage(), new SpoolFolder(spool), InstantSource.system());
            assertThat(adoption.run()).isEmpty();
            assertThat(adoption.run()).isEmpty();
            AuditEntry entry = store.storage().audit(AuditQuery.after(0, 10)).get(0);
            assertThat(entry.json()).contains("BREAK_GLASS").contains("it denies everything");
            assertThat(store.storage().auditHead().orElseThrow().seq()).isEqualTo(1);
        }
        new BreakGlassReserve(spool).prepare();
        assertThat(Files.size(reserve)).isEqualTo(BreakGlassReserve.SIZE);
    }
}
