package io.kepm.trust;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys of a configuration file, each with a short digest of its value. Pure. A file that can't
 * be read as what its name says has none.
 */
final class FileKeys {

    private static final int MOST = 400;
    private static final int LONGEST = 160;
    private static final int DIGITS = 16;
    private static final ObjectMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(64)
                                                    .build())
                                    .build())
                    .build();

    private final Map<String, String> keys = new LinkedHashMap<>();

    private FileKeys() {}

    static Map<String, String> of(String name, byte[] content) {
        FileKeys found = new FileKeys();
        if (name.endsWith(".json")) {
            try {
                found.add("", JSON.readTree(content));
            } catch (IOException e) {
                return Map.of();
            }
        } else if (name.endsWith(".cfg")
                || name.endsWith(".properties")
                || name.endsWith(".conf")) {
            found.lines(new String(content, StandardCharsets.UTF_8));
        }
        return found.keys;
    }

    private void add(String key, JsonNode value) throws JsonProcessingException {
        boolean inner = value.isObject() || (value.isArray() && holdsObjects(value));
        if (!inner || value.isEmpty()) {
            put(key, JSON.writeValueAsString(value));
        } else if (value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                add(
                        key.isEmpty() ? member.getKey() : key + "/" + member.getKey(),
                        member.getValue());
            }
        } else {
            for (int i = 0; i < value.size(); i++) {
                add(key.isEmpty() ? String.valueOf(i) : key + "/" + i, value.path(i));
            }
        }
    }

    private static boolean holdsObjects(JsonNode list) {
        for (JsonNode item : list) {
            if (item.isObject()) {
                return true;
            }
        }
        return false;
    }

    private void lines(String text) {
        for (String line : text.split("\n", -1)) {
            String plain = line.strip();
            int equals = plain.indexOf('=');
            if (equals > 0 && !plain.startsWith("#")) {
                put(plain.substring(0, equals).strip(), plain.substring(equals + 1).strip());
            }
        }
    }

    private void put(String key, String value) {
        if (keys.size() < MOST && !key.isEmpty()) {
            String shown = key.length() > LONGEST ? key.substring(0, LONGEST) + "…" : key;
            keys.merge(shown, digest(key + "\0" + value), (a, b) -> digest(a + b));
        }
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)))
                    .substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 in this Java", e);
        }
    }
}
