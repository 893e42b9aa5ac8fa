package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CefTest {

    @Test
    void a_record_becomes_one_line_of_named_fields() {
        TreeMap<String, String> record = new TreeMap<>(HostileRecord.flat());
        record.put("agent_version", "0.1.0");
        record.put("reason", "no policy");
        record.put("user_info.name", "alice");
        assertThat(Cef.line(record))
                .isEqualTo(
                        "CEF:0|KEPM|agent|0.1.0|ELEVATION_REFUSED|a command was refused|6|"
                                + "rt=1795600800123 outcome=DENY reason=no policy externalId=7"
                                + " filePath=/bin/ls suser=alice suid=-1"
                                + " cs1Label=hash cs1=ab12"
                                + " cs2Label=target_info.argv cs2=ls 'a b' ''"
                                + " cs6Label=details cs6=details.tty: pts/0");
    }

    @Test
    void ab_97_no_value_can_end_the_line_its_field_or_its_key() {
        String line = Cef.line(HostileRecord.flat());
        assertThat(line)
                .startsWith("CEF:0|KEPM|agent|0\\|1|ELEVATION_REFUSED|")
                .contains(
                        " reason=" + HostileRecord.SHOWN.replace("\\", "\\\\").replace("=", "\\="))
                .contains(" suser=\\=cmd() ")
                .doesNotContain("\n", "\r", "\u001b");
    }

    @Test
    void long_values_are_cut() {
        TreeMap<String, String> record = new TreeMap<>(HostileRecord.flat());
        record.put("reason", "r".repeat(8192));
        record.put("target_info.argv", "v".repeat(8192));
        assertThat(Cef.line(record))
                .contains(" reason=" + "r".repeat(1022) + "… ")
                .contains(" cs2=" + "v".repeat(3999) + "… ");
        assertThat(Cef.line(record, 16)).contains(" reason=" + "r".repeat(15) + "… ");
    }

    @Test
    void an_empty_or_unknown_record_still_has_its_header() {
        assertThat(Cef.line(new TreeMap<>())).isEqualTo("CEF:0|KEPM|agent||||2|");
        TreeMap<String, String> newer = new TreeMap<>();
        newer.put("audit_event_type", "NEWER|TYPE");
        newer.put("event_time", "never");
        assertThat(Cef.line(newer)).isEqualTo("CEF:0|KEPM|agent||NEWER\\|TYPE|NEWER\\|TYPE|2|");
    }
}
