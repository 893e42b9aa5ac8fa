package io.kepm.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One entry of {@code ApplicationCheck} or {@code Paths}. */
sealed interface AppEntry {

    String DIGEST_PREFIX = "sha256:";

    /** What stands in front of a colon; anything else there is part of a file name. */
    Set<String> KINDS = Set.of("sha1", "sha256", "md5", "hash", "collection");

    String text();

    Fit fit(Facts facts);

    /** Every program. */
    record Any(String text) implements AppEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.YES;
        }
    }

    /** A path, pattern or bare name; it fits when the named or the real path does. */
    record Located(PathPattern pattern) implements AppEntry {
        @Override
        public String text() {
            return pattern.text();
        }

        @Override
        public Fit fit(Facts facts) {
            return facts.fit(pattern);
        }
    }

    /** A file with exactly these bytes. */
    record Digest(String text, String sha256) implements AppEntry {
        @Override
        public Fit fit(Facts facts) {
            return facts.digest(sha256);
        }
    }

    /** A file with exactly these bytes in its place. */
    record Pinned(PathPattern pattern, String sha256) implements AppEntry {
        @Override
        public String text() {
            return pattern.text() + " with " + DIGEST_PREFIX + sha256;
        }

        @Override
        public Fit fit(Facts facts) {
            return facts.fit(pattern).and(facts.digest(sha256));
        }
    }

    /** Whatever a collection holds. */
    record Collected(String text, Gathering<AppEntry> gathering) implements AppEntry {
        @Override
        public Fit fit(Facts facts) {
            return facts.fit(gathering, entry -> entry.fit(facts));
        }
    }

    /** Empty after the place was told why. */
    static Optional<AppEntry> parse(String text, Gatherings gatherings, Place place) {
        if (text.equals("*")) {
            return Optional.of(new Any(text));
        }
        Optional<String> collection = Gatherings.reference(text);
        if (collection.isPresent()) {
            return gatherings
                    .applications(collection.get(), place)
                    .map(g -> new Collected(text, g));
        }
        if (text.startsWith(DIGEST_PREFIX)) {
            return digest(text.substring(DIGEST_PREFIX.length()), place)
                    .map(sha256 -> new Digest(text, sha256));
        }
        if (hasUnknownPrefix(text)) {
            place.refuse(
                    Place.quoted(text) + ": unknown kind of entry (known: sha256:, collection:)");
            return Optional.empty();
        }
        return PathPattern.parse(text, true, place).map(Located::new);
    }

    private static boolean hasUnknownPrefix(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && KINDS.contains(text.substring(0, colon).toLowerCase(Locale.ROOT));
    }

    /** The digest in lower case; empty after the place was told why. */
    static Optional<String> digest(String hex, Place place) {
        String lower = hex.toLowerCase(Locale.ROOT);
        if (!Texts.isHex(lower, 64)) {
            place.refuse("a SHA-256 digest has 64 hexadecimal digits");
            return Optional.empty();
        }
        return Optional.of(lower);
    }
}
