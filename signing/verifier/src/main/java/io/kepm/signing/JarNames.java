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

    static boolean isBlock(String name) {
        return isDirect(name) && BLOCKS.stream().anyMatch(kind -> name.endsWith("." + kind));
    }

    /** The signature file that belongs to a block. */
    static String fileOfBlock(String block) {
        return block.substring(0, block.lastIndexOf('.')) + ".SF";
    }

    private static boolean isDirect(String name) {
        return name.startsWith("META-INF/") && name.indexOf('/', "META-INF/".length()) < 0;
    }
}
