package io.kepm.guard;

import io.kepm.signing.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The digests of many files: most of what a look at the runtime costs. A thread of its own looks
 * which there are and reads them from the beginning on, while the caller does other things, and the
 * caller helps at the end.
 */
final class FileDigests {

    private final FutureTask<SortedMap<String, Path>> files;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, String> digests = new ConcurrentHashMap<>();
    private final FutureTask<Boolean> other = new FutureTask<>(this::work);

    private FileDigests(Callable<SortedMap<String, Path>> walk) {
        this.files = new FutureTask<>(walk);
    }

    /** Begins to walk and to read. */
    static FileDigests begin(Callable<SortedMap<String, Path>> walk) {
        FileDigests begun = new FileDigests(walk);
        Thread thread = new Thread(begun.other, "kepm-digests");
        thread.setDaemon(true);
        thread.start();
        return begun;
    }

    /**
     * The files by their keys.
     *
     * @throws IOException when the walk failed
     */
    SortedMap<String, Path> files() throws IOException {
        files.run();
        return await(files);
    }

    /**
     * Every digest, by the key of its file. Nothing reads any more when this returns.
     *
     * @throws IOException when the walk failed, or one of the files can't be read
     */
    Map<String, String> all() throws IOException {
        boolean mine = work();
        boolean whole = await(other) && mine;
        if (!whole || digests.size() != files().size()) {
            throw new IOException("not all files were read");
        }
        return Map.copyOf(digests);
    }

    /** Takes one file after the other until none is left. */
    private boolean work() throws IOException {
        List<Map.Entry<String, Path>> all = List.copyOf(files().entrySet());
        for (int i = next.getAndIncrement(); i < all.size(); i = next.getAndIncrement()) {
            digests.put(all.get(i).getKey(), Sha256.of(all.get(i).getValue()));
        }
        return true;
    }

    private static <T> T await(FutureTask<T> task) throws IOException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files were read", e);
        }
    }
}
