package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordSizeTest {

    @Test
    void ab_97_no_choice_of_characters_makes_a_record_larger_than_its_bound() {
        for (String part :
                List.of("a", "\u0001", "\"", "\u00e9", "\u4e2d", "\ud83d\ude00", "\ud83d")) {
            String text = part.repeat(200_000 / part.length());
            AuditDraft draft =
                    AuditDraft.of(AuditType.ELEVATION_STARTED, "ALLOW")
                            .target(
                                    new AuditDraft.TargetInfo(
                                            text, List.of("x", text, text), "", text, "root"))
                            .reason(text)
                            .plugin(text, text)
                            .user(new AuditDraft.UserInfo("a", 1, "", text, 1, text))
                            .build();
            AuditEntry entry =
                    AuditChain.seal(draft, 1, "id", Instant.EPOCH, "uid", "1", AuditChain.GENESIS);
            assertThat(entry.json().getBytes(StandardCharsets.UTF_8).length)
                    .as(part)
                    .isLessThan(AuditDraft.TargetInfo.LONGEST_VECTOR + 3 * 8_192 + 5 * 1_024);
            assertThat(draft.target().orElseThrow().argv().get(2)).contains("SHA-256");
            assertThat(draft.reason()).endsWith("…");
        }
    }

    @Test
    void what_fits_stays_whole_and_a_pair_is_never_cut() {
        String text = "\ud83d\ude00".repeat(3);
        assertThat(CanonicalJson.bytes(text)).isEqualTo(12);
        assertThat(CanonicalJson.fitting(text, 12)).isEqualTo(6);
        assertThat(CanonicalJson.fitting(text, 11)).isEqualTo(4);
        assertThat(CanonicalJson.fitting(text, 9)).isEqualTo(4);
        assertThat(CanonicalJson.bytes("a\u0001\"\u4e2d\n")).isEqualTo(1 + 6 + 2 + 3 + 2);
    }
}
