package io.kepm.signing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * Names that belong to the distribution: nobody else may take them.
 *
 * @param bundles symbolic names
 * @param packages that its bundles export, and those that they import: also what a library would
 *     like to have and nobody here exports, or whoever did would be called by it
 */
public record Shipped(Set<String> bundles, Set<String> packages) {

    private static final List<String> PACKAGES =
            List.of("Export-Package", "Import-Package", "DynamicImport-Package");

    public Shipped {
        bundles = Set.copyOf(bundles);
        packages = Set.copyOf(packages);
    }

    /**
     * Reads them from the jars.
     *
     * @throws IOException when one of them cannot be read: nothing is let in then
     */
    public static Shipped of(Collection<Path> jars) throws IOException {
        Set<String> bundles = new HashSet<>();
        Set<String> packages = new HashSet<>();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile(), false)) {
                Manifest manifest = file.getManifest();
                if (manifest == null) {
                    continue;
                }
                Attributes main = manifest.getMainAttributes();
                String name = main.getValue("Bundle-SymbolicName");
                if (name != null) {
                    bundles.add(name.split(";", 2)[0].strip());
                }
                for (String header : PACKAGES) {
                    String value = main.getValue(header);
                    if (value != null) {
                        packages.addAll(HeaderNames.of(value));
                    }
                }
            }
        }
        return new Shipped(bundles, packages);
    }
}
