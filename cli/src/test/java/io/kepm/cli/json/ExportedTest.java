package io.kepm.cli.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportedTest {

    private static final AuditEntry ENTRY =
            AuditChain.seal(
                    AuditDraft.of(AuditType.ELEVATION_REFUSED, "REFUSED")
                            .user(AuditDraft.UserInfo.of("älice", 1001))
                            .target(
                                    new AuditDraft.TargetInfo(
                                            "/bin/cat",
                                            List.of("cat", "\u001b[31m", "\ud83d\ude00"),
                                            "",
                                            "/",
                                            "root"))
                            .reason("no \"policy\"\n allows it \u202e")
                            .detail("code", "unmatched")
                            .build(),
                    7,
                    "id",
                    Instant.parse("2026-11-25T08:00:00.123Z"),
                    "agent",
                    "0.1.0",
                    "f".repeat(64));

    @Test
    void a_record_that_was_shown_is_the_entry_that_was_chained() throws IOException {
        assertThat(Exported.entry(read(ENTRY.exported()))).isEqualTo(ENTRY);
    }

    @Test
    void order_and_white_space_of_a_file_do_not_matter() throws IOException {
        String moved = "{ \"hash\" : \"" + ENTRY.hash() + "\" , " + ENTRY.json().substring(1);
        assertThat(Exported.entry(read(moved))).isEqualTo(ENTRY);
    }

    @Test
    void what_is_no_record_is_refused() throws IOException {
        for (String text :
                List.of(
                        "{}",
                        "[]",
                        "{\"seq\":1,\"hash\":\"x\"}",
                        "{\"seq\":1,\"hash\":\"x\",\"prev_hash\":\"y\",\"event_time\":\"soon\"}",
                        ENTRY.exported().replace("\"seq\":7", "\"seq\":7,\"x\":1.5"),
                        ENTRY.exported().replace("\"seq\":7", "\"seq\":7,\"x\":null"))) {
            Json json = read(text);
            assertThatThrownBy(() -> Exported.entry(json))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Json read(String text) throws IOException {
        return JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
