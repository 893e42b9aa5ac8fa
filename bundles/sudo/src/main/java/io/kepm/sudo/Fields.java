package io.kepm.sudo;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The {@code key=value} fields of one frame, each closed by a NUL, read strictly.
 *
 * <p>What the person typed need not be UTF-8 (file names are bytes): such values are read with
 * replacement characters and their keys listed in {@link #garbled}, so that the launch decision can
 * refuse them by its own table. Everywhere else it makes the frame malformed.
 */
final class Fields {

    private static final int MOST_FIELDS = 131_072;
    private static final Set<String> TYPED = Set.of("command", "argv", "cwd", "reason", "value");

    private static final Pattern KEY = Pattern.compile("[a-z_]{1,32}");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    private final Map<String, List<String>> values = new HashMap<>();
    private final Set<String> garbled = new LinkedHashSet<>();

    private Fields() {}

    static Fields parse(byte[] payload) throws MalformedException {
        if (payload.length == 0 || payload[payload.length - 1] != 0) {
            throw new MalformedException("the frame does not end with a NUL");
        }
        Fields fields = new Fields();
        int count = 0;
        for (int at = 0; at < payload.length; ) {
            int end = at;
            while (payload[end] != 0) {
                end++;
            }
            if (++count > MOST_FIELDS) {
                throw new MalformedException("more than " + MOST_FIELDS + " fields");
            }
            fields.add(payload, at, end);
            at = end + 1;
        }
        return fields;
    }

    private void add(byte[] payload, int at, int end) throws MalformedException {
        int equals = at;
        while (equals < end && payload[equals] != '=') {
            equals++;
        }
        String key = new String(payload, at, equals - at, StandardCharsets.ISO_8859_1);
        if (equals == end || !KEY.matcher(key).matches()) {
            throw new MalformedException("a field without a proper key");
        }
        values.computeIfAbsent(key, k -> new ArrayList<>(1))
                .add(text(key, payload, equals + 1, end));
    }

    private String text(String key, byte[] payload, int from, int to) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            if (!TYPED.contains(key)) {
                throw new MalformedException("`" + key + "` is not UTF-8");
            }
            garbled.add(key);
            return new String(payload, from, to - from, StandardCharsets.UTF_8);
        }
    }

    /** Keys of typed values that were not UTF-8. */
    Set<String> garbled() {
        return garbled;
    }

    List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    Optional<String> maybe(String key) throws MalformedException {
        List<String> found = all(key);
        if (found.size() > 1) {
            throw new MalformedException("`" + key + "` stands there twice");
        }
        return found.stream().findFirst();
    }

    String one(String key) throws MalformedException {
        return maybe(key).orElseThrow(() -> new MalformedException("`" + key + "` is missing"));
    }

    long number(String key, long min, long max) throws MalformedException {
        String text = one(key);
        if (!NUMBER.matcher(text).matches()) {
            throw new MalformedException("`" + key + "` is not a number");
        }
        long number = Long.parseLong(text);
        if (number < min || number > max) {
            throw new MalformedException("`" + key + "`: " + min + " to " + max + " is allowed");
        }
        return number;
    }

    boolean flag(String key) throws MalformedException {
        return number(key, 0, 1) == 1;
    }
}
