package io.kepm.audit.log;

import io.kepm.api.linux.Datagrams;
import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * systemd's journal by its native protocol: a datagram a line, a field on each line of it. An
 * escaped record has no line feed, so no field needs the binary form.
 *
 * @see <a href="https://systemd.io/JOURNAL_NATIVE_PROTOCOL/">the protocol</a>
 */
final class JournalOutput implements Output {

    private static final String SOCKET = "/run/systemd/journal/socket";

    private final Datagrams datagrams;
    private final String socket;

    JournalOutput(Datagrams datagrams) {
        this(datagrams, SOCKET);
    }

    JournalOutput(Datagrams datagrams, String socket) {
        this.datagrams = datagrams;
        this.socket = socket;
    }

    @Override
    public void send(List<LogRecord> escaped) throws IOException {
        for (LogRecord record : escaped) {
            datagrams.send(socket, entry(record).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String entry(LogRecord record) {
        return "MESSAGE="
                + LogFormat.said(record)
                + "\nPRIORITY="
                + severity(record.level())
                + "\nSYSLOG_IDENTIFIER=kepm\nKEPM_LOGGER="
                + record.logger()
                + "\nKEPM_TIME="
                + LogFormat.time(record)
                + "\n";
    }

    /** Of RFC 5424, 6.2.1. */
    static int severity(LogLevel level) {
        return switch (level) {
            case CRITICAL -> 2;
            case ERROR -> 3;
            case WARNING -> 4;
            case INFORMATION -> 6;
            case DEBUG, TRACE -> 7;
        };
    }
}
