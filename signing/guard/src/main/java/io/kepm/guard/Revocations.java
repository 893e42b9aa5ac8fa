package io.kepm.guard;

import io.kepm.signing.RevocationList;
import io.kepm.signing.RevocationVerdict;
import io.kepm.signing.RevocationVerifier;
import io.kepm.signing.Signers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was taken back on this machine: what is built in, the lines of {@code revoked} beside the
 * settings, and the signed list {@code revocations} there. It only grows while the agent runs. The
 * signed list is kept in the agent's own folder too, so that an older one in its place, or none,
 * takes nothing of it away after a restart. For use by one thread at a time.
 */
final class Revocations {

    private static final String SIGNED = "revocations";

    private final Path approot;
    private final Path kept;
    private final Set<String> release;
    private final RootOwned ownership;
    private final Set<String> all;
    private byte[] text = new byte[0];
    private RevocationList held = RevocationList.NONE;
    private Optional<String> keptFault = Optional.empty();

    /**
     * @param kept where the signed list is kept
     * @param release thumbprints of the certificates that may sign one
     * @param builtIn what is taken back for ever
     */
    Revocations(
            Path approot,
            Path kept,
            List<String> release,
            Set<String> builtIn,
            RootOwned ownership) {
        this.approot = approot;
        this.kept = kept;
        this.release = Set.copyOf(release);
        this.all = new LinkedHashSet<>(builtIn);
        this.ownership = ownership;
        remember();
    }

    /**
     * What is known.
     *
     * @param warnings what people should know about the lists
     * @param fault why it is not known what was taken back: then nothing is let in
     */
    record Known(Set<String> revoked, List<String> warnings, Optional<String> fault) {
        Known {
            revoked = Set.copyOf(revoked);
            warnings = List.copyOf(warnings);
        }
    }

    private void remember() {
        try {
            if (Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
                byte[] found = Files.readAllBytes(kept);
                held = RevocationList.read(found);
                text = found;
                all.addAll(held.revoked());
            }
        } catch (IOException | IllegalArgumentException e) {
            keptFault = Optional.of("`" + kept + "` cannot be read: " + e.getMessage());
        }
    }

    /** Reads the lists again. */
    Known read() {
        List<String> warnings = new ArrayList<>();
        Optional<String> fault = keptFault;
        try {
            lines(warnings);
        } catch (IOException e) {
            fault = Optional.of(reason(e));
        }
        try {
            signed(warnings);
        } catch (IOException e) {
            warnings.add("the signed list of revocations is not used: " + reason(e));
        }
        return new Known(all, warnings, fault);
    }

    private void lines(List<String> warnings) throws IOException {
        Path file = approot.resolve("revoked");
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<String> lines = new String(bytes(file), StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String plain = Signers.plain(lines.get(i).split("#", 2)[0]);
            if (Signers.isThumbprint(plain)) {
                all.add(plain);
            } else if (!plain.isEmpty()) {
                warnings.add(
                        "`"
                                + file
                                + "`: line "
                                + (i + 1)
                                + " is no thumbprint: it counts for nothing");
            }
        }
    }

    private void signed(List<String> warnings) throws IOException {
        Path file = approot.resolve(SIGNED);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        byte[] found = bytes(file);
        if (Arrays.equals(found, text)) {
            return;
        }
        RevocationVerdict verdict =
                new RevocationVerifier(new Signers(release, all))
                        .verify(found, bytes(approot.resolve(SIGNED + ".sig")), held);
        if (verdict instanceof RevocationVerdict.InForce accepted) {
            held = accepted.list();
            all.addAll(held.revoked());
            // What could not be kept is tried again at the next look.
            keep(found);
            text = found;
        } else if (verdict instanceof RevocationVerdict.Refused refused) {
            warnings.add("`" + file + "` is not used: " + refused.reason());
        }
    }

    private byte[] bytes(Path file) throws IOException {
        Optional<String> fault = ownership.fault(file);
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
        if (!Files.isRegularFile(file) || Files.size(file) > RevocationList.MAX_BYTES) {
            throw new IOException("`" + file + "` is no file, or too large");
        }
        return Files.readAllBytes(file);
    }

    /** INVARIANT: whole or not at all. */
    private void keep(byte[] found) throws IOException {
        Path fresh = kept.resolveSibling(kept.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(found);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
        keptFault = Optional.empty();
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage() == null ? e : e.getMessage());
    }
}
