package io.kepm.signing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** The file that a signer of a jar signs: it has to hold the digest of the whole manifest. */
final class SignatureFile {

    private static final String OF_MANIFEST = "-digest-manifest";

    private SignatureFile() {}

    /** What is wrong with it. */
    static Optional<String> fault(byte[] file, byte[] manifest) {
        Attributes main;
        try {
            main = new Manifest(new ByteArrayInputStream(file)).getMainAttributes();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of("the signature file cannot be read");
        }
        boolean covered = false;
        for (Map.Entry<Object, Object> each : main.entrySet()) {
            String name = each.getKey().toString().toLowerCase(Locale.ROOT);
            if (!name.endsWith(OF_MANIFEST)) {
                continue;
            }
            String algorithm = name.substring(0, name.length() - OF_MANIFEST.length());
            if (!isStrong(algorithm)) {
                return Optional.of("digest algorithm `" + algorithm + "` is weaker than SHA-256");
            }
            if (!matches(algorithm, ByteBuffer.wrap(manifest), each.getValue().toString())) {
                return Optional.of("the manifest is not the one that was signed");
            }
            covered = true;
        }
        return covered
                ? Optional.empty()
                : Optional.of("the signature does not cover the whole manifest");
    }

    static boolean isStrong(String algorithm) {
        return algorithm.equals("sha-256")
                || algorithm.equals("sha-384")
                || algorithm.equals("sha-512");
    }

    private static boolean matches(String algorithm, ByteBuffer bytes, String base64) {
        return same(JarVerifier.digest(algorithm.toUpperCase(Locale.ROOT), bytes), base64);
    }

    static boolean same(byte[] digest, String base64) {
        try {
            String expected = HexFormat.of().formatHex(Base64.getDecoder().decode(base64.strip()));
            return expected.equals(HexFormat.of().formatHex(digest));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
