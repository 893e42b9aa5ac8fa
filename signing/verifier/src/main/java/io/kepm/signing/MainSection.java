package io.kepm.signing;

import io.kepm.signing.ZipLayout.Refused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The main section of a manifest, read so strictly that no other reader finds other headers in it:
 * each once, whole lines, nothing between them.
 */
final class MainSection {

    private MainSection() {}

    /** Headers by their names in lower case. */
    static Map<String, String> read(byte[] manifest) throws Refused {
        // A line may be cut within a character: joined as bytes, read as text only then.
        String text = new String(manifest, StandardCharsets.ISO_8859_1);
        Map<String, String> headers = new LinkedHashMap<>();
        String last = "";
        for (String raw : text.split("\n", -1)) {
            String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
            if (line.isEmpty()) {
                break;
            }
            if (line.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
                throw new Refused("its manifest has control characters");
            }
            if (line.startsWith(" ")) {
                if (last.isEmpty()) {
                    throw new Refused("its manifest begins with a continued line");
                }
                headers.merge(last, line.substring(1), String::concat);
                continue;
            }
            int colon = line.indexOf(": ");
            boolean named = colon > 0 && line.substring(0, colon).matches("[A-Za-z0-9_-]+");
            if (!named) {
                throw new Refused("its manifest has a line that is no header");
            }
            last = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (headers.put(last, line.substring(colon + 2)) != null) {
                throw new Refused("its manifest has header `" + last + "` twice");
            }
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            header.setValue(utf8(header.getValue()));
        }
        return headers;
    }

    private static String utf8(String bytes) throws Refused {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refused("its manifest is not UTF-8");
        }
    }
}
