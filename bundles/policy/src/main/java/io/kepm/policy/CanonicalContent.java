package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The content of a set independent of files, order and white space: the digests of its policies and
 * collections, each in a form with sorted keys, in order of kind and id.
 */
final class CanonicalContent {

    private final Map<String, byte[]> digests = new HashMap<>();
    private final MessageDigest digest = digest();
    private final StringBuilder text = new StringBuilder(1024);

    static String none() {
        return new CanonicalContent().sha256();
    }

    void addPolicies(JsonNode file) {
        add("policy ", "PolicyId", file);
    }

    void addCollections(JsonNode file) {
        add("collection ", "id", file);
    }

    private void add(String kind, String idField, JsonNode file) {
        if (file.isArray()) {
            file.forEach(item -> add(kind, idField, item));
            return;
        }
        text.setLength(0);
        write(file, text);
        digests.put(
                kind + file.path(idField).asText(""),
                digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void write(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            String[] keys = new String[node.size()];
            int count = 0;
            for (Iterator<String> names = node.fieldNames(); names.hasNext(); count++) {
                keys[count] = names.next();
            }
            Arrays.sort(keys);
            out.append('{');
            for (String key : keys) {
                out.append(key.length()).append(':').append(key).append('=');
                write(node.path(key), out);
            }
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                write(node.get(i), out);
            }
            out.append(']');
        } else {
            String text = node.asText();
            out.append(node.getNodeType().name().charAt(0))
                    .append(text.length())
                    .append(':')
                    .append(text);
        }
    }

    /** What another part of the set holds. */
    void addAll(CanonicalContent others) {
        digests.putAll(others.digests);
    }

    String sha256() {
        MessageDigest whole = digest();
        new TreeMap<>(digests)
                .forEach(
                        (id, digest) -> {
                            whole.update(id.getBytes(StandardCharsets.UTF_8));
                            whole.update((byte) 0);
                            whole.update(digest);
                        });
        return HexFormat.of().formatHex(whole.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
