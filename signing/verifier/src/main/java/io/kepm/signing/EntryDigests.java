package io.kepm.signing;

import io.kepm.signing.ZipLayout.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** Holds every entry of a jar against the digests in its manifest. */
final class EntryDigests {

    private static final String DIGEST = "-digest";

    private EntryDigests() {}

    /**
     * Checks.
     *
     * @param signatures the entries that no signature can cover: its own. Each of them was judged
     */
    static void check(
            ZipLayout zip,
            Map<String, ZipEntryFacts> entries,
            byte[] manifest,
            Set<String> signatures)
            throws Refused {
        Map<String, Attributes> sections;
        try {
            sections = new Manifest(new ByteArrayInputStream(manifest)).getEntries();
        } catch (IOException | IllegalArgumentException e) {
            throw new Refused("its manifest cannot be read");
        }
        for (ZipEntryFacts entry : entries.values()) {
            if (entry.name().equals(JarNames.MANIFEST) || signatures.contains(entry.name())) {
                continue;
            }
            Map<String, String> expected = digests(entry.name(), sections.get(entry.name()));
            if (entry.isFolder() && expected.isEmpty()) {
                entry.unpack(zip.zip(), (buffer, length) -> {});
                continue;
            }
            if (expected.isEmpty()) {
                throw new Refused("entry `" + entry.name() + "` is not signed");
            }
            hold(zip, entry, expected);
        }
        for (Map.Entry<String, Attributes> section : sections.entrySet()) {
            if (!entries.containsKey(section.getKey())
                    && !digests(section.getKey(), section.getValue()).isEmpty()) {
                throw new Refused("entry `" + section.getKey() + "` was signed, and is missing");
            }
        }
    }

    /** Algorithm to base64; every digest that is there has to be a strong one. */
    private static Map<String, String> digests(
            String name, @org.jspecify.annotations.Nullable Attributes section) throws Refused {
        Map<String, String> found = new HashMap<>();
        if (section == null) {
            return found;
        }
        for (Map.Entry<Object, Object> each : section.entrySet()) {
            String key = each.getKey().toString().toLowerCase(Locale.ROOT);
            if (key.endsWith(DIGEST)) {
                String algorithm = key.substring(0, key.length() - DIGEST.length());
                if (!SignatureFile.isStrong(algorithm)) {
                    throw new Refused(
                            "entry `"
                                    + name
                                    + "`: digest algorithm `"
                                    + algorithm
                                    + "` is weaker than SHA-256");
                }
                found.put(algorithm.toUpperCase(Locale.ROOT), each.getValue().toString());
            }
        }
        return found;
    }

    private static void hold(ZipLayout zip, ZipEntryFacts entry, Map<String, String> expected)
            throws Refused {
        Map<String, MessageDigest> digests = new HashMap<>();
        try {
            for (String algorithm : expected.keySet()) {
                digests.put(algorithm, MessageDigest.getInstance(algorithm));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java lacks a digest", e);
        }
        entry.unpack(
                zip.zip(),
                (buffer, length) ->
                        digests.values().forEach(digest -> digest.update(buffer, 0, length)));
        for (Map.Entry<String, MessageDigest> digest : digests.entrySet()) {
            String wanted = expected.getOrDefault(digest.getKey(), "");
            if (!SignatureFile.same(digest.getValue().digest(), wanted)) {
                throw new Refused("entry `" + entry.name() + "` was changed since it was signed");
            }
        }
    }
}
