package io.kepm.guard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Tiny bundles, built on the fly. */
final class Jars {

    private Jars() {}

    static byte[] bundle(String name, String... moreHeaders) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        for (int i = 0; i < moreHeaders.length; i += 2) {
            main.putValue(moreHeaders[i], moreHeaders[i + 1]);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            String activator = Mark.class.getName().replace('.', '/') + ".class";
            jar.putNextEntry(new ZipEntry(activator));
            try (InputStream code = Jars.class.getClassLoader().getResourceAsStream(activator)) {
                if (code == null) {
                    throw new IOException("no " + activator);
                }
                code.transferTo(jar);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    /** A framework extension, whose activator would run while it is installed. */
    static byte[] extension(String name) {
        return bundle(
                name,
                "Fragment-Host",
                "system.bundle; extension:=framework",
                "ExtensionBundle-Activator",
                Mark.class.getName());
    }

    /** Leaves a trace where code of a bundle ran. */
    public static final class Mark implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            System.setProperty("guard.test.ran", System.getProperty("guard.test.ran", "") + "x");
        }

        @Override
        public void stop(BundleContext context) {}
    }
}
