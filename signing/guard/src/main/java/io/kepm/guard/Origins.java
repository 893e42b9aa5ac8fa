package io.kepm.guard;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What of the bundles in this framework came through the gate, or was found good in the cache. Safe
 * for use by many threads. INVARIANT: a bundle that is not in here does not resolve.
 */
public final class Origins {

    private final Set<String> listed;
    private final Map<Long, String> digests = new ConcurrentHashMap<>();
    private final Map<String, String> coming = new ConcurrentHashMap<>();

    /**
     * @param listed SHA-256 of every bundle that is shipped
     */
    public Origins(Set<String> listed) {
        this.listed = Set.copyOf(listed);
    }

    /** One that is about to be installed from here, until it {@link #came}. */
    public void coming(String location, String sha256) {
        coming.put(location, sha256);
    }

    /** One that is new; one that is there already keeps what it is. */
    public void came(long bundle, String sha256) {
        digests.putIfAbsent(bundle, sha256);
    }

    /** Whatever became of it. */
    public void arrived(String location) {
        coming.remove(location);
    }

    /** What a bundle came as, or is about to. */
    Optional<String> digest(long bundle, String location) {
        return digest(bundle).or(() -> Optional.ofNullable(coming.get(location)));
    }

    /** One whose content was replaced. */
    public void updated(long bundle, String sha256) {
        digests.put(bundle, sha256);
    }

    public void left(long bundle) {
        digests.remove(bundle);
    }

    /** Whether it is the framework itself, or came with the distribution. */
    public boolean isShipped(long bundle) {
        return bundle == 0 || digest(bundle).filter(this::isListed).isPresent();
    }

    boolean isListed(String sha256) {
        return listed.contains(sha256);
    }

    public Optional<String> digest(long bundle) {
        return Optional.ofNullable(digests.get(bundle));
    }

    /** Bundles that are not shipped. */
    Map<Long, String> hot() {
        Map<Long, String> hot = new java.util.TreeMap<>(digests);
        hot.values().removeIf(listed::contains);
        return hot;
    }
}
