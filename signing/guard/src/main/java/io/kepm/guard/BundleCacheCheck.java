package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private final String edition;
    private final RefusalSpool spool;

    /**
     * @param cache the framework's storage
     * @param digests SHA-256 of every bundle that may run
     * @param edition names this distribution and this start of the machine
     */
    public BundleCacheCheck(Path cache, Set<String> digests, String edition, RefusalSpool spool) {
        this.cache = cache;
        this.layout = new CacheLayout(cache);
        this.digests = Set.copyOf(digests);
        this.edition = edition;
        this.spool = spool;
    }

    /**
     * Leaves a cache that may be loaded.
     *
     * @throws BundleException when that is not possible; the framework must not start then
     */
    public void prepare() throws BundleException {
        try {
            if (!Files.exists(cache, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!Files.isDirectory(cache, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("`" + cache + "` is not a folder");
            }
            List<Refusal> bad = bad();
            bad.forEach(spool::add);
            if (!bad.isEmpty() || !isComplete()) {
                FolderTree.empty(cache);
            } else {
                layout.deleteExtracted();
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

    private List<Refusal> bad() throws IOException {
        List<Refusal> bad = new ArrayList<>();
        for (Path stranger : layout.strangers()) {
            bad.add(refusal(stranger, stranger, "cached bundle: this does not belong here"));
        }
        for (Path revision : layout.revisions()) {
            String reason = reason(revision);
            if (!reason.isEmpty()) {
                bad.add(refusal(revision, revision.resolve("bundle.jar"), reason));
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

    private String reason(Path revision) throws IOException {
        Path jar = revision.resolve("bundle.jar");
        Path location = revision.resolve("revision.location");
        if (!Files.isDirectory(revision, LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(location, LinkOption.NOFOLLOW_LINKS)) {
            return "cached bundle: it is not a plain copy";
        }
        // The gate always hands over a stream; anything else makes the framework read elsewhere.
        if (!Files.readString(location).equals("inputstream:")) {
            return "cached bundle: it points to another place";
        }
        return digests.contains(Sha256.of(jar))
                ? ""
                : "cached bundle: its digest is not in the signed digest list";
    }
}
