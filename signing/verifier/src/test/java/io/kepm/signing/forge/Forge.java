package io.kepm.signing.forge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one jar; each step gives a new forge. */
public record Forge(
        Map<String, String> headers, Map<String, byte[]> entries, String digest, String extra) {

    public Forge {
        headers = new LinkedHashMap<>(headers);
        entries = new LinkedHashMap<>(entries);
    }

    /** A bundle without code. */
    public static Forge bundle(String symbolicName) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Bundle-ManifestVersion", "2");
        headers.put("Bundle-SymbolicName", symbolicName);
        headers.put("Bundle-Version", "1.0.0");
        return new Forge(headers, Map.of(), "SHA-256", "")
                .with("readme.txt", "a bundle of the forge");
    }

    /** Anything that is not a bundle. */
    public static Forge archive() {
        return new Forge(Map.of(), Map.of(), "SHA-256", "");
    }

    public Forge header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Forge(more, entries, digest, extra);
    }

    public Forge with(String name, String content) {
        return with(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public Forge with(String name, byte[] content) {
        Map<String, byte[]> more = new LinkedHashMap<>(entries);
        more.put(name, content);
        return new Forge(headers, more, digest, extra);
    }

    /** A class of the tests, under its own name. */
    public Forge with(Class<?> type) {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no " + name);
            }
            return with(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The algorithm of the digests in the manifest and the signature files. */
    public Forge digest(String algorithm) {
        return new Forge(headers, entries, algorithm, extra);
    }

    /** Further sections of the manifest, as they stand. */
    public Forge sections(String text) {
        return new Forge(headers, entries, digest, text);
    }

    /** As bytes of a jar, signed by each in turn. */
    public byte[] signed(Signer... signers) {
        return parts(signers).bytes();
    }

    public byte[] unsigned() {
        RawZip zip = new RawZip();
        zip.add("META-INF/MANIFEST.MF", main().getBytes(StandardCharsets.UTF_8));
        entries.forEach(zip::add);
        return zip.bytes();
    }

    /** The parts of the signed jar, to be tampered with. */
    public RawZip parts(Signer... signers) {
        byte[] manifest = manifest();
        RawZip zip = new RawZip();
        zip.add("META-INF/MANIFEST.MF", manifest);
        List<Signer> all = new ArrayList<>(List.of(signers));
        for (int i = 0; i < all.size(); i++) {
            byte[] file = signatureFile(manifest);
            zip.add("META-INF/SIGNER" + i + ".SF", file);
            zip.add(
                    "META-INF/SIGNER" + i + "." + all.get(i).kind(),
                    CmsForge.detached(file, all.get(i)));
        }
        entries.forEach(zip::add);
        return zip;
    }

    public byte[] manifest() {
        StringBuilder text = new StringBuilder(main());
        entries.forEach(
                (name, content) -> {
                    if (!name.endsWith("/")) {
                        text.append(wrapped("Name: " + name))
                                .append(wrapped(digest + "-Digest: " + hash(content)))
                                .append("\r\n");
                    }
                });
        return text.append(extra).toString().getBytes(StandardCharsets.UTF_8);
    }

    public byte[] signatureFile(byte[] manifest) {
        return ("Signature-Version: 1.0\r\n"
                        + wrapped(digest + "-Digest-Manifest: " + hash(manifest))
                        + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String main() {
        StringBuilder text = new StringBuilder("Manifest-Version: 1.0\r\n");
        headers.forEach((name, value) -> text.append(wrapped(name + ": " + value)));
        return text.append("\r\n").toString();
    }

    private String hash(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance(digest).digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lines of a manifest have at most 72 bytes. */
    private static String wrapped(String line) {
        StringBuilder text = new StringBuilder();
        String rest = line;
        while (rest.length() > 70) {
            text.append(rest, 0, 70).append("\r\n ");
            rest = rest.substring(70);
        }
        return text.append(rest).append("\r\n").toString();
    }
}
