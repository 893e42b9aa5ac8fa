package io.kepm.https;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Path and query of a request, decoded exactly once. What could be read in two ways (dot segments,
 * empty segments, encoded separators, matrix parameters) is not decoded but refused.
 */
final class Target {

    private static final int MAX_PARAMETERS = 32;

    private Target() {}

    /** The decoded path; empty when it has to be answered with 400. */
    static Optional<String> path(String raw) {
        if (!raw.startsWith("/") || raw.contains("//") || raw.indexOf(';') >= 0) {
            return Optional.empty();
        }
        if (isItself(raw)) {
            return Optional.of(raw);
        }
        StringBuilder path = new StringBuilder(raw.length());
        for (String segment : raw.substring(1).split("/", -1)) {
            Optional<String> decoded = decode(segment, false).filter(Target::isPlain);
            if (decoded.isEmpty()) {
                return Optional.empty();
            }
            path.append('/').append(decoded.get());
        }
        return Optional.of(path.toString());
    }

    private static boolean isItself(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            if (!isItself(raw.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** What can't be read in any other way; a dot could. */
    private static boolean isItself(int c) {
        return c == '/'
                || c == '-'
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9');
    }

    /** The parameters; empty when one can't be decoded or comes twice. */
    static Optional<Map<String, String>> query(String raw) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (raw.isEmpty()) {
            return Optional.of(parameters);
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            Optional<String> name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            Optional<String> value = decode(equals < 0 ? "" : pair.substring(equals + 1), true);
            if (name.isEmpty()
                    || value.isEmpty()
                    || parameters.size() == MAX_PARAMETERS
                    || parameters.put(name.get(), value.get()) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }

    private static boolean isPlain(String segment) {
        return !segment.equals(".")
                && !segment.equals("..")
                && segment.chars()
                        .noneMatch(
                                c ->
                                        c == '/'
                                                || c == '\\'
                                                || c == ';'
                                                || c == '%'
                                                || Character.isISOControl(c));
    }

    private static Optional<String> decode(String text, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (low < 0) {
                    return Optional.empty();
                }
                bytes.write(high * 16 + low);
                i += 2;
            } else if (c > 0x7e || c <= 0x20) {
                return Optional.empty();
            } else {
                bytes.write(c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(bytes.toByteArray()))
                            .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
