package io.kepm.guard;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What a bundle calls itself; for the record only, nothing is decided by it. */
final class SymbolicName {

    private static final int MAX_ENTRIES = 16;
    private static final int MAX_MANIFEST = 1 << 18;
    private static final int MAX_NAME = 200;

    private SymbolicName() {}

    /** Empty for whatever is no bundle, or hides its manifest or makes it too large. */
    static String of(byte[] jar) {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (int i = 0; i < MAX_ENTRIES; i++) {
                ZipEntry entry = zip.getNextEntry();
                if (entry == null) {
                    return "";
                }
                if (JarFile.MANIFEST_NAME.equalsIgnoreCase(entry.getName())) {
                    return name(zip.readNBytes(MAX_MANIFEST));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            return "";
        }
        return "";
    }

    private static String name(byte[] manifest) throws IOException {
        Attributes main = new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes();
        String name = main.getValue("Bundle-SymbolicName");
        if (name == null) {
            return "";
        }
        String bare = name.split(";", 2)[0].strip();
        return bare.length() > MAX_NAME ? bare.substring(0, MAX_NAME) : bare;
    }
}
