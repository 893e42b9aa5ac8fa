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
import java.util.stream.Stream;
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

    private static final String COMPLETE = "complete";

    private final Path cache;
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
                deleteExtracted();
            }
        } catch (IOException | UncheckedIOException e) {
            throw new BundleException("bundle cache: cannot be checked: " + e.getMessage(), e);
        }
    }

    /** Says that everything is installed, so that the next start may use it. */
    public void complete() {
        try {
            Files.writeString(cache.resolve(COMPLETE), edition);
        } catch (IOException e) {
            System.err.println("guard: the next start will be a cold one: " + e);
        }
    }

    private boolean isComplete() throws IOException {
        Path marker = cache.resolve(COMPLETE);
        return Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)
                && Files.readString(marker).equals(edition);
    }

    private List<Refusal> bad() throws IOException {
        List<Refusal> bad = new ArrayList<>();
        for (Path revision : revisions()) {
            String reason = reason(revision);
            if (!reason.isEmpty()) {
                Path jar = revision.resolve("bundle.jar");
                boolean readable = Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS);
                bad.add(
                        new Refusal(
                                revision.toString(),
                                readable ? Sha256.of(jar) : "",
                                readable ? SymbolicName.of(Files.readAllBytes(jar)) : "",
                                reason));
            }
        }
        return bad;
    }

    /** The folders {@code bundleN/versionN.N}; bundle 0 is the framework itself and has none. */
    private List<Path> revisions() throws IOException {
        List<Path> revisions = new ArrayList<>();
        for (Path bundle : FolderTree.children(cache)) {
            if (bundle.getFileName().toString().matches("bundle[1-9][0-9]*")) {
                FolderTree.children(bundle).stream()
                        .filter(child -> child.getFileName().toString().startsWith("version"))
                        .forEach(revisions::add);
            }
        }
        return revisions;
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

    /** The framework would use jars and libraries that it once unpacked without another look. */
    private void deleteExtracted() throws IOException {
        for (Path revision : revisions()) {
            try (Stream<Path> children = Files.list(revision)) {
                for (Path child : children.toList()) {
                    if (child.getFileName().toString().startsWith("bundle.jar-")) {
                        FolderTree.delete(child);
                    }
                }
            }
        }
    }
}
