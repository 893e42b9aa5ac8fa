package io.kepm.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Copies of programs for those who can't read the installation: {@code FOLDER/DIGEST/NAME}, made
 * once, owned by root, readable by all.
 */
final class ExecCopies {

    private static final long LARGEST = 256L << 20;

    private final Path folder;

    ExecCopies(Path folder) {
        this.folder = folder;
    }

    Path of(Path program) throws IOException {
        if (Files.size(program) > LARGEST) {
            throw new IOException("`" + program + "` is larger than 256 MiB");
        }
        String name = String.valueOf(program.getFileName());
        String digest = through(program, OutputStream.nullOutputStream());
        Path copy = folder.resolve(digest).resolve(name);
        if (Files.isRegularFile(copy)
                && through(copy, OutputStream.nullOutputStream()).equals(digest)) {
            return copy;
        }
        Files.createDirectories(
                folder.resolve(digest),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        open(folder);
        open(folder.resolve(digest));
        Path fresh = Files.createTempFile(folder.resolve(digest), ".", "");
        try {
            try (OutputStream out = Files.newOutputStream(fresh)) {
                if (!through(program, out).equals(digest)) {
                    throw new IOException("`" + program + "` changed while it was copied");
                }
            }
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            move(fresh, copy);
        } finally {
            Files.deleteIfExists(fresh);
        }
        return copy;
    }

    /** Copies a file piece by piece, however large it is; the digest of what was copied. */
    private static String through(Path file, OutputStream out) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The mask of the agent takes from what was asked for. */
    private static void open(Path place) throws IOException {
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
