package io.kepm.cli.agent;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A path with its query, percent-encoded as it grows. Not for use by two threads. */
public final class Route {

    private final StringBuilder target;
    private char separator = '?';

    public Route(String path) {
        target = new StringBuilder(path);
    }

    /** Adds one segment of the path. */
    public Route segment(String value) {
        target.append('/');
        encode(value);
        return this;
    }

    public Route with(String name, String value) {
        target.append(separator).append(name).append('=');
        encode(value);
        separator = '&';
        return this;
    }

    public Route with(String name, long value) {
        return with(name, Long.toString(value));
    }

    /** Adds a parameter if it has a value. */
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    public Route withAny(String name, Optional<String> value) {
        value.ifPresent(present -> with(name, present));
        return this;
    }

    private void encode(String value) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                target.append(c);
            } else {
                target.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xf, 16)));
            }
        }
    }

    @Override
    public String toString() {
        return target.toString();
    }
}
