package io.kepm.linux;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/** The machine's name as the kernel has it, read again once a minute. */
final class HostName {

    private static final long FRESH_MILLIS = 60_000;

    private record Known(String name, long atMillis) {}

    private final InstantSource clock;
    private volatile Known known = new Known("", 0);

    HostName(InstantSource clock) {
        this.clock = clock;
    }

    String get() {
        Known last = known;
        long now = clock.millis();
        if (!last.name().isEmpty() && Math.abs(now - last.atMillis()) < FRESH_MILLIS) {
            return last.name();
        }
        String name = read();
        known = new Known(name, now);
        return name;
    }

    private static String read() {
        byte[] bytes = new byte[256];
        if (Libc.gethostname(bytes, bytes.length - 1L) != 0) {
            return "localhost";
        }
        int end = 0;
        while (bytes[end] != 0) {
            end++;
        }
        return end == 0 ? "localhost" : new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
