package io.kepm.sudo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One frame to the plugin, which wants every key once at most. */
final class Answer {

    private static final int LONGEST_VALUE = 64 * 1024;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

    private Answer() {}

    static Answer of(String op) {
        return new Answer().with("v", "1").with("op", op);
    }

    static Answer deny(String code, String message) {
        return of("deny").with("code", code).with("message", message);
    }

    /** An empty value is left out. */
    Answer with(String key, String value) {
        if (!value.isEmpty()) {
            String cut = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) : value;
            bytes.writeBytes(key.getBytes(StandardCharsets.US_ASCII));
            bytes.write('=');
            bytes.writeBytes(cut.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
        }
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
