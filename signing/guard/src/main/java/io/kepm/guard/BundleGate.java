package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/** The judge of every bundle that wants in: its bytes are listed, or it is refused. Immutable. */
public final class BundleGate {

    static final int MAX_BYTES = 64 << 20;

    private final Set<String> digests;
    private final RefusalSpool spool;

    /**
     * @param digests SHA-256 of every bundle that may run
     */
    public BundleGate(Set<String> digests, RefusalSpool spool) {
        this.digests = Set.copyOf(digests);
        this.spool = spool;
    }

    /**
     * Reads a bundle once, to its end, and judges that private copy.
     *
     * @param stream where its bytes come from; without one the location is opened, and closed
     * @return exactly the bytes that were judged
     * @throws BundleException when it may not come in; it is spooled for the audit before
     */
    public InputStream admit(String location, @Nullable InputStream stream) throws BundleException {
        if (location.toLowerCase(Locale.ROOT).startsWith("reference:")) {
            throw refused(location, new byte[0], "a bundle is never used in place");
        }
        byte[] bytes;
        try (InputStream in = stream == null ? open(location) : stream) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException | IllegalArgumentException e) {
            throw refused(location, new byte[0], "it cannot be read: " + e.getMessage());
        }
        if (bytes.length > MAX_BYTES) {
            throw refused(location, bytes, "it is larger than " + MAX_BYTES + " bytes");
        }
        if (!digests.contains(Sha256.of(bytes))) {
            throw refused(
                    location,
                    bytes,
                    "its digest is not in the signed digest list, and hot install of signed bundles"
                            + " is not part of this version");
        }
        return new ByteArrayInputStream(bytes);
    }

    /** Only files: the framework opens no other address on anybody's behalf. */
    private static InputStream open(String location) throws IOException {
        URI uri = URI.create(location);
        if (!"file".equalsIgnoreCase(uri.getScheme())) {
            throw new IOException("only `file:` locations are opened");
        }
        Path file = uri.isOpaque() ? Path.of(uri.getSchemeSpecificPart()) : Path.of(uri.getPath());
        if (!Files.isRegularFile(file)) {
            throw new IOException("not a regular file");
        }
        return Files.newInputStream(file);
    }

    private BundleException refused(String location, byte[] bytes, String reason) {
        Refusal refusal =
                new Refusal(
                        location,
                        bytes.length == 0 ? "" : Sha256.of(bytes),
                        SymbolicName.of(bytes),
                        reason);
        spool.add(refusal);
        return new BundleException(
                "bundle `" + Printable.of(location) + "` refused: " + reason,
                BundleException.SECURITY_ERROR);
    }
}
