package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.Cef;
import io.kepm.api.audit.Severity;
import io.kepm.api.text.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.IntFunction;

/**
 * A record as a syslog message (RFC 5424). Facility 10 (authorization), MSGID the type of the
 * record. The message itself is CEF, the exported JSON, or a sentence after structured data.
 */
final class SyslogMessage {

    /**
     * The name of our structured data. 32473 is the enterprise number for examples (RFC 5612),
     * until there is one of our own.
     */
    static final String SD_ID = "kepm@32473";

    private static final int AUTHPRIV = 10;
    private static final int LONGEST_HOST = 255;
    private static final int LONGEST_NAME = 32;

    /** Characters of a value at most, at first, and where it makes no sense to cut any further. */
    private static final int LONGEST_VALUE = 4096;

    private static final int SHORTEST_VALUE = 16;

    private final String host;
    private final long pid;
    private final Format format;
    private final int largest;

    /**
     * @param host name of this machine
     * @param largest bytes of a message at most: values are cut until it fits, and what is too
     *     large as JSON goes as structured data
     */
    SyslogMessage(String host, long pid, Format format, int largest) {
        this.host = printable(host, LONGEST_HOST);
        this.pid = pid;
        this.format = format;
        this.largest = largest;
    }

    /** The bytes of the message, without any framing. */
    byte[] of(AuditEntry entry) {
        SortedMap<String, String> record = RecordTree.flat(entry);
        String header = header(entry, record.getOrDefault("outcome", ""));
        if (format == Format.JSON) {
            // MSG-ANY: a byte order mark would make it no JSON.
            byte[] message = utf8(header + " - " + entry.exported());
            if (message.length <= largest) {
                return message;
            }
        }
        if (format == Format.CEF) {
            return fitting(longest -> header + " - " + Cef.line(record, longest));
        }
        return fitting(longest -> header + " " + data(record, longest) + " " + sentence(entry));
    }

    private byte[] fitting(IntFunction<String> text) {
        int longest = LONGEST_VALUE;
        byte[] message = utf8(text.apply(longest));
        while (message.length > largest && longest > SHORTEST_VALUE) {
            longest = longest / 4;
            message = utf8(text.apply(longest));
        }
        return message;
    }

    private String header(AuditEntry entry, String outcome) {
        int priority = AUTHPRIV * 8 + Severity.of(entry.type(), outcome).syslog();
        return "<%d>1 %s %s kepm %d %s"
                .formatted(
                        priority, entry.time(), host, pid, printable(entry.type(), LONGEST_NAME));
    }

    private static String data(SortedMap<String, String> record, int longest) {
        StringBuilder out = new StringBuilder(512).append('[').append(SD_ID);
        for (Map.Entry<String, String> entry : record.entrySet()) {
            out.append(' ').append(name(entry.getKey())).append("=\"");
            out.append(value(VisibleText.of(entry.getValue(), longest))).append('"');
        }
        return out.append(']').toString();
    }

    /** RFC 5424 §6.3.3: these three are escaped, and nothing else is. */
    private static String value(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("]", "\\]");
    }

    private static String name(String text) {
        return printable(text.replace('=', '_').replace(']', '_').replace('"', '_'), LONGEST_NAME);
    }

    /** PRINTUSASCII of RFC 5424 §6; what is empty is the nil value. */
    private static String printable(String text, int longest) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && i < longest; i++) {
            char c = text.charAt(i);
            out.append(c > ' ' && c < 0x7f ? c : '_');
        }
        return out.isEmpty() ? "-" : out.toString();
    }

    private static String sentence(AuditEntry entry) {
        try {
            return AuditType.valueOf(entry.type()).sentence();
        } catch (IllegalArgumentException e) {
            return printable(entry.type(), LONGEST_NAME);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
