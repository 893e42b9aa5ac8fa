package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The digests of many files: most of what a look at the runtime costs. A thread of its own reads
 * them from the beginning on, while the caller does other things, and the caller helps at the end.
 */
final class FileDigests {

    private final List<Map.Entry<String, Path>> files;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, String> digests = new ConcurrentHashMap<>();
    private final FutureTask<Boolean> other = new FutureTask<>(this::work);

    private FileDigests(SortedMap<String, Path> files) {
        this.files = List.copyOf(files.entrySet());
    }

    /** Begins to read. */
    static FileDigests begin(SortedMap<String, Path> files) {
        FileDigests begun = new FileDigests(files);
        Thread thread = new Thread(begun.other, "kepm-digests");
        thread.setDaemon(true);
        thread.start();
        return begun;
    }

    /**
     * Every digest, by the key of its file. Nothing reads any more when this returns.
     *
     * @throws IOException when one of the files can't be read
     */
    Map<String, String> all() throws IOException {
        try {
            boolean mine = work();
            boolean whole = other.get() && mine;
            if (!whole || digests.size() != files.size()) {
                throw new IOException("not all files were read");
            }
            return Map.copyOf(digests);
        } catch (ExecutionException e) {
            throw new IOException("a file can't be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files were read", e);
        }
    }

    /** Takes one file after the other until none is left. */
    private boolean work() throws IOException {
        for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
            digests.put(files.get(i).getKey(), Sha256.of(files.get(i).getValue()));
        }
        return true;
    }
}
