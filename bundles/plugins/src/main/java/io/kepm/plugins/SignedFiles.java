package io.kepm.plugins;

import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.FileTrust.Violation;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Programs that a document of root's names on the disk, outside of any package (trust.md §1): only
 * root could have changed them, and {@code FILE.sig} beside each is the signature of somebody
 * trusted. Safe for use by many threads; one file at a time is in memory.
 */
final class SignedFiles {

    /** A larger one belongs into a package. */
    private static final long MOST = 16L << 20;

    private static final String APPROOT = "{approot}/";

    private final Path approot;
    private final FileTrust trust;
    private final Signatures signatures;

    SignedFiles(Path approot, FileTrust trust, Signatures signatures) {
        this.approot = approot;
        this.trust = trust;
        this.signatures = signatures;
    }

    /** A program that was found good, and whose word that is. */
    record Copied(Path program, String signer) {}

    /** Whether a document means a file on the disk, and not one of its package. */
    static boolean isMeant(String code) {
        return code.startsWith("/") || code.startsWith(APPROOT);
    }

    /**
     * Judges a program.
     *
     * @param code absolute, or from {@code {approot}/}
     * @throws IOException when it is not there, somebody else could have changed it, or it is too
     *     large
     */
    synchronized Signatures.Verdict judge(String code) throws IOException {
        Path file = file(code);
        return signatures.detached(read(file), read(signature(file)));
    }

    /**
     * Judges a program and copies exactly the bytes that were judged.
     *
     * @param folder a new one, for everybody to read
     * @throws IOException also when the program is not good
     */
    synchronized Copied copy(String code, Path folder) throws IOException {
        Path file = file(code);
        byte[] content = read(file);
        Signatures.Verdict verdict = signatures.detached(content, read(signature(file)));
        if (!verdict.isGood()) {
            throw new IOException(verdict.fault());
        }
        Files.createDirectory(folder);
        Path program = Files.write(folder.resolve(file.getFileName()), content);
        for (Path each : List.of(folder, program)) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return new Copied(program, verdict.signer());
    }

    /** Another text when the program, or its signature, is another file or has another content. */
    String stamp(String code) {
        Path file = file(code);
        return look(file) + look(signature(file));
    }

    private static String look(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return " " + found.fileKey() + " " + found.size() + " " + found.lastModifiedTime();
        } catch (IOException e) {
            return " gone";
        }
    }

    private Path file(String code) {
        return code.startsWith(APPROOT)
                ? approot.resolve(code.substring(APPROOT.length()))
                : Path.of(code);
    }

    private static Path signature(Path file) {
        return Path.of(file + ".sig");
    }

    private byte[] read(Path file) throws IOException {
        List<Violation> violations = trust.check(file);
        Optional<Violation> first = violations.stream().findFirst();
        if (first.isPresent()) {
            throw new IOException(first.get().detail() + ": " + first.get().repair());
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no file `" + file + "`");
        }
        if (Files.size(file) > MOST) {
            throw new IOException("`" + file + "` is larger than 16 MiB: make a package of it");
        }
        return Files.readAllBytes(file);
    }
}
