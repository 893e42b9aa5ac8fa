package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;

/**
 * The judge of every bundle that wants in: its bytes are on the signed list, or all of it is signed
 * by somebody trusted and it says nothing that only a shipped one may, or it is refused. Immutable.
 */
public final class BundleGate {

    /** What is not shipped is held in memory twice while it is judged. */
    static final int MAX_BYTES = 16 << 20;

    private final Set<String> digests;
    private final HotBundles hot;
    private final RefusalSpool spool;

    /**
     * @param digests SHA-256 of every bundle that is shipped
     */
    public BundleGate(Set<String> digests, HotBundles hot, RefusalSpool spool) {
        this.digests = Set.copyOf(digests);
        this.hot = hot;
        this.spool = spool;
    }

    /**
     * A bundle that may come in.
     *
     * @param bytes exactly those that were judged
     */
    public record Admitted(InputStream bytes, String sha256) {}

    /**
     * What is to be replaced.
     *
     * @param shipped whether it came with the distribution; then only another shipped one may
     *     follow
     */
    public record Former(String symbolicName, boolean shipped) {}

    /** A bundle that is there. */
    public record Here(String location, Version version) {}

    /** What is there. */
    public interface Present {
        /** Of the bundles that are not shipped, those of that name. */
        List<Here> named(String symbolicName);

        /** Whether there is a bundle of that location: an installation then brings nothing in. */
        boolean isTaken(String location);
    }

    /**
     * Reads a bundle once, to its end, and judges that private copy.
     *
     * @param stream where its bytes come from; without one the location is opened, and closed
     * @throws BundleException when it may not come in; it is spooled for the audit before
     */
    public Admitted admit(String location, @Nullable InputStream stream, Present present)
            throws BundleException {
        return read(location, stream, present, null);
    }

    /** The same for an update. */
    public Admitted update(
            String location, @Nullable InputStream stream, Present present, Former former)
            throws BundleException {
        return read(location, stream, present, former);
    }

    private Admitted read(
            String location, @Nullable InputStream stream, Present present, @Nullable Former former)
            throws BundleException {
        if (location.toLowerCase(Locale.ROOT).startsWith("reference:")) {
            throw refused(location, new byte[0], "a bundle is never used in place", "");
        }
        byte[] bytes;
        try (InputStream in = stream == null ? open(location) : stream) {
            bytes = whole(in);
        } catch (IOException | IllegalArgumentException e) {
            throw refused(location, new byte[0], "it cannot be read: " + e.getMessage(), "");
        }
        if (bytes.length > MAX_BYTES) {
            throw refused(location, bytes, "it is larger than " + MAX_BYTES + " bytes", "");
        }
        String sha256 = Sha256.of(bytes);
        if (!digests.contains(sha256)) {
            judge(location, bytes, present, former, hot.takeLeave(sha256));
        } else if (former != null && !former.shipped()) {
            throw refused(location, bytes, "it would take the place of another bundle", "");
        }
        return new Admitted(new ByteArrayInputStream(bytes), sha256);
    }

    /**
     * All of it, or one byte more than is allowed. A file says how long it is: then its bytes are
     * not gathered in pieces and copied together, at a start from nothing some 30 MB of them.
     */
    private static byte[] whole(InputStream in) throws IOException {
        byte[] first = new byte[Math.min(Math.max(in.available(), 0), MAX_BYTES)];
        int read = in.readNBytes(first, 0, first.length);
        byte[] rest = in.readNBytes(MAX_BYTES + 1 - read);
        if (rest.length == 0 && read == first.length) {
            return first;
        }
        byte[] bytes = Arrays.copyOf(first, read + rest.length);
        System.arraycopy(rest, 0, bytes, read, rest.length);
        return bytes;
    }

    /**
     * @param leave whether it may be older than what was here before
     */
    private void judge(
            String location, byte[] bytes, Present present, @Nullable Former former, boolean leave)
            throws BundleException {
        if (former == null && location.toLowerCase(Locale.ROOT).startsWith("mvn:")) {
            throw refused(location, bytes, "this location is for the signed digest list", "");
        }
        HotBundles.Finding finding = hot.bundle(ByteBuffer.wrap(bytes));
        if (!finding.isGood()) {
            throw refused(
                    location, bytes, HotBundles.NOT_LISTED + finding.fault(), finding.signer());
        }
        if (former != null
                && (former.shipped() || !finding.symbolicName().equals(former.symbolicName()))) {
            throw refused(
                    location,
                    bytes,
                    "`"
                            + finding.symbolicName()
                            + "` would take the place of `"
                            + former.symbolicName()
                            + "`",
                    finding.signer());
        }
        noneOther(location, bytes, finding, present, former != null);
        // Where a bundle is, the framework answers with that: then these bytes are not remembered.
        boolean stays = former == null && present.isTaken(location);
        Optional<String> older = stays ? hot.older(finding, leave) : hot.coming(finding, leave);
        if (older.isPresent()) {
            throw refused(location, bytes, older.get(), finding.signer());
        }
    }

    /** There is one bundle of a name, and nothing older follows it. */
    private void noneOther(
            String location,
            byte[] bytes,
            HotBundles.Finding finding,
            Present present,
            boolean update)
            throws BundleException {
        Version version = finding.parsedVersion();
        for (Here here : present.named(finding.symbolicName())) {
            if (!update && !here.location().equals(location)) {
                throw refused(
                        location,
                        bytes,
                        "`"
                                + finding.symbolicName()
                                + "` is here already, as `"
                                + here.location()
                                + "`: update that",
                        finding.signer());
            }
            if (here.version().compareTo(version) > 0) {
                throw refused(
                        location,
                        bytes,
                        "its version "
                                + version
                                + " is older than "
                                + here.version()
                                + ", which is here",
                        finding.signer());
            }
        }
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

    private BundleException refused(String location, byte[] bytes, String reason, String signer) {
        Refusal refusal =
                new Refusal(
                        location,
                        bytes.length == 0 ? "" : Sha256.of(bytes),
                        SymbolicName.of(bytes),
                        reason,
                        signer);
        spool.add(refusal);
        return new BundleException(
                "bundle `" + Printable.of(location) + "` refused: " + Printable.of(reason),
                BundleException.SECURITY_ERROR);
    }
}
