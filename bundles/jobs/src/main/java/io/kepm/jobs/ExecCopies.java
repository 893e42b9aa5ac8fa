package io.kepm.jobs;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
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
        byte[] bytes = Files.readAllBytes(program);
        String digest = sha256(bytes);
        Path home = folder.resolve(digest);
        Path copy = home.resolve(String.valueOf(program.getFileName()));
        if (Files.isRegularFile(copy) && sha256(Files.readAllBytes(copy)).equals(digest)) {
            return copy;
        }
        Files.createDirectories(
                home,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        open(folder);
        open(home);
        Path fresh = Files.createTempFile(home, ".", "");
        Files.write(fresh, bytes);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        move(fresh, copy);
        return copy;
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
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
