package io.kepm.api.audit;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A record that holds everything that one or the other format has to escape. */
final class HostileRecord {

    /** Escape, line ends, text turned around, a lone surrogate, quotes and all separators. */
    static final String TEXT = "a\u001b[2J\r\nb\u202e\ud800|c=d\\e\"f]g;h,\u2028é\uD83D\uDE00";

    /** {@link #TEXT} after what is invisible was made visible. */
    static final String SHOWN =
            "a\\x1b[2J\\x0d\\x0ab\\u{202e}\\u{d800}|c=d\\e\"f]g;h,\\u{2028}é\uD83D\uDE00";

    private HostileRecord() {}

    static SortedMap<String, String> flat() {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("seq", 7L);
        fields.put("event_time", "2026-11-25T10:00:00.123Z");
        fields.put("audit_event_type", "ELEVATION_REFUSED");
        fields.put("outcome", "DENY");
        fields.put("agent_version", "0|1");
        fields.put("reason", TEXT);
        fields.put("user_info", Map.of("name", "=cmd()", "uid", -1L));
        fields.put("target_info", Map.of("path", "/bin/ls", "argv", List.of("ls", "a b", "")));
        fields.put("details", Map.of("tty", "pts/0"));
        fields.put("hash", "ab12");
        return FlatRecord.of(fields);
    }
}
