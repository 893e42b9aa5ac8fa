package io.kepm.cli.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Takes server-sent events apart as their bytes come (WHATWG HTML §9.2). */
final class EventReader {

    /** Characters of one event at most. */
    private static final int LARGEST = 16 << 20;

    private final Transport.Events events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private String name = "";
    private final StringBuilder data = new StringBuilder();

    EventReader(Transport.Events events) {
        this.events = events;
    }

    void read(byte[] bytes) throws IOException {
        for (byte b : bytes) {
            if (b == '\n') {
                line(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                if (line.size() + data.length() >= LARGEST) {
                    throw new IOException("an event of the agent is too large");
                }
                line.write(b);
            }
        }
    }

    private void line(String text) {
        if (text.isEmpty()) {
            if (data.length() > 0) {
                events.event(name, data.toString());
            }
            name = "";
            data.setLength(0);
        } else if (text.startsWith("data:")) {
            data.append(data.length() > 0 ? "\n" : "").append(value(text, 5));
        } else if (text.startsWith("event:")) {
            name = value(text, 6);
        }
    }

    private static String value(String text, int start) {
        String value = text.substring(start);
        return value.startsWith(" ") ? value.substring(1) : value;
    }
}
