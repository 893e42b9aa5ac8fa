package io.kepm.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An address in normal form (RFC 3986 §6.2): scheme and host in lower case, the port spelled out,
 * escapes of plain characters undone, dot segments resolved. Query and fragment are left out.
 *
 * @param segments of the path; none for the root
 */
record Url(String scheme, String host, int port, List<String> segments) {

    private static final Map<String, Integer> PORTS =
            Map.of("http", 80, "https", 443, "ws", 80, "wss", 443, "ftp", 21);

    Url {
        segments = List.copyOf(segments);
    }

    /**
     * Empty when it has no normal form: no host, user information, an unknown port, bad escapes,
     * half a character.
     */
    static Optional<Url> parse(String text) {
        try {
            URI uri = new URI(text);
            String host = uri.getHost();
            if (uri.getScheme() == null || host == null || uri.getRawUserInfo() != null) {
                return Optional.empty();
            }
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            int port = uri.getPort() >= 0 ? uri.getPort() : PORTS.getOrDefault(scheme, -1);
            if (port < 1 || port > 65_535) {
                return Optional.empty();
            }
            String path = uri.getRawPath();
            return Optional.of(
                    new Url(
                            scheme,
                            MachineEntry.plainHost(host),
                            port,
                            segments(unescaped(escaped(path == null ? "" : path)))));
        } catch (URISyntaxException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Characters beyond ASCII as the bytes that a client sends for them: two spellings of one
     * letter are two addresses.
     *
     * @throws CharacterCodingException when there is half a character
     */
    private static String escaped(String path) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(path));
        StringBuilder out = new StringBuilder(bytes.remaining());
        while (bytes.hasRemaining()) {
            byte each = bytes.get();
            if (each >= 0) {
                out.append((char) each);
            } else {
                out.append(String.format("%%%02X", each & 0xff));
            }
        }
        return out.toString();
    }

    /** Escapes of characters that need none are undone, the others written in upper case. */
    private static String unescaped(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int code = Integer.parseInt(path.substring(i + 1, i + 3), 16);
            if (code < 0x80 && (Character.isLetterOrDigit(code) || "-._~".indexOf(code) >= 0)) {
                out.append((char) code);
            } else {
                out.append(path.substring(i, i + 3).toUpperCase(Locale.ROOT));
            }
            i += 2;
        }
        return out.toString();
    }

    private static List<String> segments(String path) {
        List<String> kept = new ArrayList<>();
        String[] parts = path.split("/", -1);
        for (int i = 1; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            if (parts[i].equals("..")) {
                if (!kept.isEmpty()) {
                    kept.remove(kept.size() - 1);
                }
            } else if (!parts[i].equals(".") && !(last && parts[i].isEmpty())) {
                kept.add(parts[i]);
            }
        }
        return kept;
    }
}
