package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.BundleException;

/**
 * Judges what the framework kept from its last run, before any of it is loaded. One bad entry, and
 * everything kept is wiped: the framework then installs all bundles again, from the pinned files.
 *
 * <p>The same happens, without a refusal, when the last first start did not come to its end, when
 * the distribution changed, and once after the machine started (files that a power cut left half
 * written are never met).
 */
public final class BundleCacheCheck {

    private final Path cache;
    private final CacheLayout layout;
    private final Set<String> digests;
    private final HotBundles hot;
    private final String edition;
    private final RefusalSpool spool;

    /**
     * @param cache the framework's storage
     * @param digests SHA-256 of every bundle that is shipped
     * @param hot judges the others
     * @param edition names this distribution and this start of the machine
     */
    public BundleCacheCheck(
            Path cache, Set<String> digests, HotBundles hot, String edition, RefusalSpool spool) {
        this.cache = cache;
        this.layout = new CacheLayout(cache);
        this.digests = Set.copyOf(digests);
        this.hot = hot;
        this.edition = edition;
        this.spool = spool;
    }

    /**
     * Leaves a cache that may be loaded.
     *
     * @param origins hears what was found good
     * @throws BundleException when that is not possible; the framework must not start then
     */
    public void prepare(Origins origins) throws BundleException {
        try {
            if (!Files.exists(cache, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!Files.isDirectory(cache, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("`" + cache + "` is not a folder");
            }
            Map<Long, String> good = new HashMap<>();
            List<Refusal> bad = bad(good);
            bad.forEach(spool::add);
            if (!bad.isEmpty() || !isComplete()) {
                FolderTree.empty(cache);
            } else {
                layout.deleteExtracted();
                good.forEach(origins::came);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new BundleException("bundle cache: cannot be checked: " + e.getMessage(), e);
        }
    }

    /** Says that everything is installed, so that the next start may use it. */
    public void complete() {
        try {
            if (!isComplete()) {
                Files.writeString(cache.resolve(CacheLayout.COMPLETE), edition);
            }
        } catch (IOException e) {
            System.err.println("guard: the next start will be a cold one: " + e);
        }
    }

    private boolean isComplete() throws IOException {
        Path marker = cache.resolve(CacheLayout.COMPLETE);
        return Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)
                && Files.readString(marker).equals(edition);
    }

    private List<Refusal> bad(Map<Long, String> good) throws IOException {
        List<Refusal> bad = new ArrayList<>();
        for (Path stranger : layout.strangers()) {
            bad.add(refusal(stranger, stranger, "cached bundle: this does not belong here"));
        }
        for (Path revision : layout.revisions()) {
            String sha256 = plain(revision) ? Sha256.of(revision.resolve("bundle.jar")) : "";
            String reason = reason(revision, sha256);
            if (!reason.isEmpty()) {
                bad.add(refusal(revision, revision.resolve("bundle.jar"), reason));
            } else {
                good.put(CacheLayout.bundle(revision), sha256);
            }
        }
        return bad;
    }

    private static Refusal refusal(Path where, Path jar, String reason) throws IOException {
        boolean readable = Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS);
        return new Refusal(
                where.toString(),
                readable ? Sha256.of(jar) : "",
                readable ? SymbolicName.of(Files.readAllBytes(jar)) : "",
                reason);
    }

    private static boolean plain(Path revision) {
        return Files.isDirectory(revision, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(revision.resolve("bundle.jar"), LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(
                        revision.resolve("revision.location"), LinkOption.NOFOLLOW_LINKS);
    }

    private String reason(Path revision, String sha256) throws IOException {
        if (!plain(revision)) {
            return "cached bundle: it is not a plain copy";
        }
        // The gate always hands over a stream; anything else makes the framework read elsewhere.
        if (!Files.readString(revision.resolve("revision.location")).equals("inputstream:")) {
            return "cached bundle: it points to another place";
        }
        if (digests.contains(sha256)) {
            return "";
        }
        Path jar = revision.resolve("bundle.jar");
        HotBundles.Finding finding =
                Files.size(jar) > BundleGate.MAX_BYTES
                        ? new HotBundles.Finding(sha256, "", "it is too large", "")
                        : hot.cached(ByteBuffer.wrap(Files.readAllBytes(jar)));
        return finding.isGood() ? "" : "cached bundle: " + HotBundles.NOT_LISTED + finding.fault();
    }
}
