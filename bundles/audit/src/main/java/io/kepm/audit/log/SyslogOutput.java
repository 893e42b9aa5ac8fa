package io.kepm.audit.log;

import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A syslog receiver over UDP: RFC 5424 lines, a datagram each (RFC 5426). */
final class SyslogOutput implements Output {

    /** Facility authpriv. */
    private static final int FACILITY = 10;

    /** Bytes; receivers need not take more (RFC 5426, 3.2, asks for 2,048). */
    private static final int LONGEST = 8192;

    private final String host;
    private final int port;
    private final String header;

    SyslogOutput(URI address) {
        host = address.getHost();
        port = address.getPort();
        header = " " + hostName() + " kepm " + ProcessHandle.current().pid() + " - - ";
    }

    @Override
    public void send(List<LogRecord> escaped) throws IOException {
        InetAddress receiver = InetAddress.getByName(host);
        try (DatagramSocket socket = new DatagramSocket()) {
            for (LogRecord record : escaped) {
                byte[] line = line(record).getBytes(StandardCharsets.UTF_8);
                byte[] sent = line.length > LONGEST ? Arrays.copyOf(line, LONGEST) : line;
                socket.send(new DatagramPacket(sent, sent.length, receiver, port));
            }
        }
    }

    private String line(LogRecord record) {
        int priority = FACILITY * 8 + JournalOutput.severity(record.level());
        return "<" + priority + ">1 " + LogFormat.time(record) + header + LogFormat.said(record);
    }

    private static String hostName() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.matches("[\\x21-\\x7e]{1,255}") ? name : "-";
        } catch (IOException e) {
            return "-";
        }
    }
}
