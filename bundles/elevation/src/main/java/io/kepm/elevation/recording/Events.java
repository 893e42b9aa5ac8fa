package io.kepm.elevation.recording;

import io.kepm.api.elevation.SessionRecordings.Event;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Events on their way to a segment, and back: for each a kind (one byte), microseconds (64 bits), a
 * length (32 bits) and text in UTF-8; all of them packed by gzip. For one thread.
 */
final class Events {

    /** Of a segment when it is unpacked: nobody writes larger ones. */
    private static final int MOST_BYTES = 4 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    int size() {
        return bytes.size();
    }

    void add(char kind, Duration since, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(kind);
        out.writeLong(since.toNanos() / 1_000);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /** All that was added since it was packed last. */
    byte[] pack() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            bytes.writeTo(out);
        }
        bytes.reset();
        return packed.toByteArray();
    }

    static List<Event> unpack(byte[] packed) throws IOException {
        byte[] all;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            all = in.readNBytes(MOST_BYTES);
        }
        List<Event> events = new ArrayList<>();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
        while (in.available() > 0) {
            char kind = (char) in.readUnsignedByte();
            Duration since = Duration.ofNanos(in.readLong() * 1_000);
            byte[] utf8 = new byte[Math.min(in.readInt(), MOST_BYTES)];
            in.readFully(utf8);
            events.add(new Event(since, kind, new String(utf8, StandardCharsets.UTF_8)));
        }
        return events;
    }
}
