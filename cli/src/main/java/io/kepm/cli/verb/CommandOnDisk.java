package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.policy.WhoCan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/** A command line with what this machine knows of its program. */
final class CommandOnDisk {

    static final List<String> FOLDERS =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final String EDIT = "/usr/bin/sudoedit";
    private static final String CHANGEABLE = "somebody else could have changed the file";
    private static final int SET_UID = 0x800;

    private CommandOnDisk() {}

    /** Finds the program where sudo would; one by its path need not be there. */
    static WhoCan.Command of(Call call, List<String> words) throws Fault {
        String name = words.get(0);
        if (name.equals("sudoedit") || name.equals(EDIT)) {
            // Edits are judged under this name, whatever stands there.
            return new WhoCan.Command(
                    EDIT, EDIT, words, Optional.empty(), List.of(), "", List.of(), false);
        }
        try {
            Path path = find(call, name);
            boolean file = Files.isRegularFile(path);
            Path real = file ? path.toRealPath() : path;
            List<String> unsafe = file ? OthersCanChange.why(path) : List.of();
            SignedOnDisk signed =
                    !file
                            ? SignedOnDisk.unknown("there is no file")
                            : unsafe.isEmpty()
                                    ? SignedOnDisk.of(call, real)
                                    : SignedOnDisk.unknown(CHANGEABLE);
            return new WhoCan.Command(
                    path.toString(),
                    real.toString(),
                    words,
                    file ? digest(real) : Optional.empty(),
                    signed.signers(),
                    signed.unknown(),
                    unsafe,
                    file && isSetUid(real));
        } catch (IOException | InvalidPathException e) {
            throw call.usage("who.command", name);
        }
    }

    private static Path find(Call call, String name) throws Fault {
        if (name.indexOf('/') >= 0) {
            return Path.of(name).toAbsolutePath().normalize();
        }
        for (String folder : FOLDERS) {
            Path path = Path.of(folder, name);
            if (Files.isRegularFile(path) && Files.isExecutable(path)) {
                return path;
            }
        }
        throw call.usage("who.command", name);
    }

    private static boolean isSetUid(Path file) throws IOException {
        return Files.getAttribute(file, "unix:mode") instanceof Integer mode
                && (mode & SET_UID) != 0;
    }

    private static Optional<String> digest(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            int count = in.read(buffer);
            while (count >= 0) {
                digest.update(buffer, 0, count);
                count = in.read(buffer);
            }
            StringBuilder hex = new StringBuilder();
            for (byte b : digest.digest()) {
                hex.append(Character.forDigit(b >> 4 & 0xf, 16));
                hex.append(Character.forDigit(b & 0xf, 16));
            }
            return Optional.of(hex.toString());
        } catch (IOException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
