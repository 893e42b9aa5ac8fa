package io.kepm.trust;

import io.kepm.api.trust.FileAuthors;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What was told of changes that were not seen yet; one a file, the last. */
final class KnownAuthors implements FileAuthors {

    private static final int MOST = FileLook.MOST;

    private final Map<String, Author> authors = new ConcurrentHashMap<>();

    private record Author(String sha256, String by) {}

    @Override
    public void writes(Path file, String sha256, String by) {
        // Beyond, a change has no name: it is on record all the same.
        if (authors.size() < MOST || authors.containsKey(file.toString())) {
            authors.put(file.toString(), new Author(sha256, by));
        }
    }

    /**
     * Who made a change that was seen; told once.
     *
     * @param sha256 empty for a file that is gone
     */
    Optional<String> of(String path, String sha256) {
        return Optional.ofNullable(authors.remove(path))
                .filter(author -> author.sha256().equals(sha256))
                .map(Author::by);
    }
}
