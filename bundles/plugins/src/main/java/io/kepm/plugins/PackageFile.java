package io.kepm.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Enumeration;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A {@code .kpk} or a bundle's {@code .jar}, already judged: what it holds and how it is unpacked.
 * The limits hold here too, whoever judged it.
 */
final class PackageFile {

    static final long MAX_PACKED = 64L << 20;
    private static final long MAX_UNPACKED = 256L << 20;
    static final int MAX_ENTRIES = 10_000;

    private final Path file;

    PackageFile(Path file) {
        this.file = file;
    }

    /**
     * What it is.
     *
     * @param document bytes of its document; made from the headers of a bundle that has none
     * @param bundle whether it is itself the bundle
     */
    record Content(String id, byte[] document, boolean bundle) {}

    /**
     * Looks for its document.
     *
     * @throws IOException when it has none, or more than one
     */
    Content content() throws IOException {
        try (JarFile zip = new JarFile(file.toFile(), false)) {
            Manifest manifest = zip.getManifest();
            Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
            String name = main.getValue("Bundle-SymbolicName");
            boolean bundle = name != null;
            Optional<ZipEntry> document = document(zip, bundle ? "KEPM-INF/" : "");
            if (document.isPresent()) {
                String entry = document.get().getName();
                String id = entry.substring(entry.lastIndexOf('/') + 1, entry.length() - 5);
                try (InputStream in = zip.getInputStream(document.get())) {
                    return new Content(id, in.readNBytes(DocumentReader.MAX_BYTES + 1), bundle);
                }
            }
            if (name == null) {
                throw new IOException("it has no document: put `ID.json` at its root");
            }
            String id = name.split(";", 2)[0].strip().replace('_', '-');
            String version = main.getValue("Bundle-Version");
            return new Content(
                    id, derived(id, Semver.ofBundle(version == null ? "" : version)), true);
        }
    }

    private static byte[] derived(String id, Semver version) {
        return ("{\"id\": \""
                        + id.replace("\"", "").replace("\\", "")
                        + "\", \"version\": \""
                        + version
                        + "\", \"pluginType\": \"Service\"}\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static Optional<ZipEntry> document(ZipFile zip, String folder) throws IOException {
        ZipEntry found = null;
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            String name = entry.getName();
            if (name.startsWith(folder)
                    && name.endsWith(".json")
                    && name.indexOf('/', folder.length()) < 0) {
                if (found != null) {
                    throw new IOException("it has two documents: leave one `.json` there");
                }
                found = entry;
            }
        }
        return Optional.ofNullable(found);
    }

    /**
     * Unpacks all of it into a new folder, readable for everyone and writable for root.
     *
     * @param mostFolders how many there may be, the new one among them
     * @throws IOException also when a limit is passed; what was written so far stays
     */
    void unpack(Path folder, int mostFolders) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        Files.createDirectories(root);
        long left = MAX_UNPACKED;
        int foldersLeft = mostFolders - 1;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > MAX_ENTRIES) {
                throw new IOException("it has more than " + MAX_ENTRIES + " entries");
            }
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path target = root.resolve(entry.getName()).normalize();
                if (!target.startsWith(root) || target.equals(root)) {
                    throw new IOException("entry `" + entry.getName() + "` leads outside");
                }
                Path parent = entry.isDirectory() ? target : target.resolveSibling("");
                foldersLeft -= folders(root, parent, foldersLeft, mostFolders);
                if (!entry.isDirectory()) {
                    left -= copy(zip, entry, target, left);
                }
            }
        }
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static int folders(Path root, Path folder, int left, int most) throws IOException {
        int made = 0;
        Path current = root;
        for (Path part : root.relativize(folder)) {
            current = current.resolve(part);
            if (!part.toString().isEmpty() && !Files.isDirectory(current)) {
                if (made == left) {
                    throw new IOException("it has more than " + most + " folders");
                }
                Files.createDirectory(current);
                Files.setPosixFilePermissions(
                        current, PosixFilePermissions.fromString("rwxr-xr-x"));
                made++;
            }
        }
        return made;
    }

    private static long copy(ZipFile zip, ZipEntry entry, Path target, long most)
            throws IOException {
        long done = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                done += read;
                if (done > most) {
                    throw new IOException("it unpacks to more than " + MAX_UNPACKED + " bytes");
                }
                out.write(buffer, 0, read);
            }
        }
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        return done;
    }
}
