package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyslogMessageTest {

    private static final String HEADER = "<84>1 2026-11-25T10:00:00.123Z host kepm 7 ";

    @Test
    void a_record_is_structured_data_and_a_sentence() {
        assertThat(text(Format.SD, entry("no policy")))
                .isEqualTo(
                        HEADER
                                + "ELEVATION_REFUSED [kepm@32473 agent_uid=\"agent\""
                                + " agent_version=\"0.1.0\""
                                + " audit_event_type=\"ELEVATION_REFUSED\""
                                + " details.a_b_c_d__=\"1\""
                                + " event_time=\"2026-11-25T10:00:00.123Z\""
                                + (" hash=\"" + entry("no policy").hash() + "\"")
                                + " id=\"id1\" outcome=\"DENY\""
                                + (" prev_hash=\"" + AuditChain.GENESIS + "\"")
                                + " reason=\"no policy\" seq=\"1\""
                                + " target_info.argv=\"ls 'a b'\""
                                + " target_info.path=\"/bin/ls\"] a command was refused");
    }

    @Test
    void the_priority_is_of_the_facility_for_authorization_and_of_the_severity() {
        AuditEntry gap = sealed(AuditDraft.of(AuditType.AGENT_GAP, "GAP").build());
        assertThat(text(Format.SD, gap)).startsWith("<83>1 ");
        AuditEntry allow = sealed(AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW").build());
        assertThat(text(Format.SD, allow)).startsWith("<86>1 ");
    }

    @Test
    void ab_97_no_value_can_end_its_parameter_the_data_or_the_line() {
        String text = text(Format.SD, entry("a\"b\\c]d\n\u001b[2J\u202e\ud800é"));
        assertThat(text)
                .contains(
                        " reason=\"a\\\"b\\\\c\\]d\\\\x0a\\\\x1b[2J\\\\u{202e}\\\\u{d800}é\" seq=")
                .doesNotContain("\n", "\u001b", "\u202e");
    }

    @Test
    void json_is_the_record_as_it_is_chained() {
        AuditEntry entry = entry("a\nb é\ud800");
        assertThat(text(Format.JSON, entry))
                .isEqualTo(HEADER + "ELEVATION_REFUSED - " + entry.exported())
                .contains("a\\nb é\\ud800");
    }

    @Test
    void cef_follows_the_header() {
        assertThat(text(Format.CEF, entry("a=b|c")))
                .startsWith(
                        HEADER + "ELEVATION_REFUSED - CEF:0|KEPM|agent|0.1.0|ELEVATION_REFUSED|")
                .contains(" reason=a\\=b|c ");
    }

    @Test
    void long_values_are_cut_until_the_message_fits() {
        AuditEntry entry = entry("é".repeat(8000));
        for (Format format : Format.values()) {
            byte[] whole = message(format, Integer.MAX_VALUE).of(entry);
            assertThat(whole.length).isGreaterThan(2000);
            byte[] cut = message(format, 2000).of(entry);
            assertThat(cut.length).isLessThanOrEqualTo(2000);
            assertThat(new String(cut, StandardCharsets.UTF_8))
                    .contains("é…")
                    .doesNotContain("\ufffd");
        }
    }

    @Test
    void a_host_name_that_would_break_the_header_does_not() {
        String text =
                new String(
                        new SyslogMessage("a b\né", 7, Format.SD, 9000).of(entry("x")),
                        StandardCharsets.UTF_8);
        assertThat(text).startsWith("<84>1 2026-11-25T10:00:00.123Z a_b__ kepm 7 ");
        assertThat(
                        new String(
                                new SyslogMessage("", 7, Format.SD, 9000).of(entry("x")),
                                StandardCharsets.UTF_8))
                .contains("Z - kepm 7 ");
    }

    private static String text(Format format, AuditEntry entry) {
        return new String(message(format, Integer.MAX_VALUE).of(entry), StandardCharsets.UTF_8);
    }

    private static SyslogMessage message(Format format, int largest) {
        return new SyslogMessage("host", 7, format, largest);
    }

    private static AuditEntry entry(String reason) {
        return sealed(
                AuditDraft.of(AuditType.ELEVATION_REFUSED, "DENY")
                        .target(
                                new AuditDraft.TargetInfo(
                                        "/bin/ls", List.of("ls", "a b"), "", "", ""))
                        .detail("a=b]c\"d é", "1")
                        .reason(reason)
                        .build());
    }

    private static AuditEntry sealed(AuditDraft draft) {
        return AuditChain.seal(
                draft, 1, "id1", FakeStore.NOW, "agent", "0.1.0", AuditChain.GENESIS);
    }
}
