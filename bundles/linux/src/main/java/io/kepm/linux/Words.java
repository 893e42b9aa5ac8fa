package io.kepm.linux;

import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The fields of a frame of our own supervisor, {@code key=value}, each closed by a NUL. */
record Words(Map<String, String> fields) {

    Words {
        fields = Map.copyOf(fields);
    }

    static Words of(Frame frame) throws IOException {
        frame.descriptor().ifPresent(Descriptor::close);
        String text = new String(frame.payload(), StandardCharsets.UTF_8);
        if (!text.endsWith("\0")) {
            throw new IOException("a word of the supervisor does not end");
        }
        Map<String, String> fields = new HashMap<>();
        for (String field : text.substring(0, text.length() - 1).split("\0", -1)) {
            int equals = field.indexOf('=');
            if (equals <= 0
                    || fields.put(field.substring(0, equals), field.substring(equals + 1))
                            != null) {
                throw new IOException("a word of the supervisor is malformed");
            }
        }
        return new Words(fields);
    }

    boolean is(String op) {
        return op.equals(fields.get("op"));
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(fields.get(key));
    }

    long number(String key) throws IOException {
        try {
            return Long.parseLong(text(key).orElse(""));
        } catch (NumberFormatException e) {
            throw new IOException("a word of the supervisor has no `" + key + "`", e);
        }
    }
}
