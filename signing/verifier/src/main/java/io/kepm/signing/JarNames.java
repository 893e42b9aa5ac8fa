package io.kepm.signing;

import java.util.List;

/** The names that mean something in a signed jar (JAR File Specification). */
final class JarNames {

    static final String MANIFEST = "META-INF/MANIFEST.MF";
    static final List<String> BLOCKS = List.of("RSA", "EC");

    private JarNames() {}

    static boolean isSignatureFile(String name) {
        return isDirect(name) && name.endsWith(".SF");
    }

    /** What no signature can cover: itself. Every other entry has to be covered. */
    static boolean isOfSignature(String name) {
        return name.equals(MANIFEST)
                || isSignatureFile(name)
                || (isDirect(name) && BLOCKS.stream().anyMatch(kind -> name.endsWith("." + kind)));
    }

    private static boolean isDirect(String name) {
        return name.startsWith("META-INF/") && name.indexOf('/', "META-INF/".length()) < 0;
    }
}
