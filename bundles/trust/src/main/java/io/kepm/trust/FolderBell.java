package io.kepm.trust;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that something in some folders changed, by the kernel's word (inotify). It says no more:
 * whoever is woken looks for himself, so that lost events cost nothing. For use by one thread; may
 * be closed by another.
 */
final class FolderBell implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FolderBell.class);

    private final Optional<WatchService> service;
    private final BiPredicate<Path, String> concerns;
    private final Map<WatchKey, Path> keys = new HashMap<>();

    private FolderBell(Optional<WatchService> service, BiPredicate<Path, String> concerns) {
        this.service = service;
        this.concerns = concerns;
    }

    /**
     * @param concerns whether an entry of a folder is of interest
     */
    static FolderBell open(BiPredicate<Path, String> concerns) {
        try {
            return new FolderBell(
                    Optional.of(FileSystems.getDefault().newWatchService()), concerns);
        } catch (IOException e) {
            LOG.warn("the kernel tells no changes of folders, they are looked at instead", e);
            return new FolderBell(Optional.empty(), concerns);
        }
    }

    /** Whether the kernel tells anything. */
    boolean isThere() {
        return service.isPresent();
    }

    /** Watches these folders from now on; those that are watched already stay so. */
    void watch(List<Path> folders) {
        if (service.isEmpty()) {
            return;
        }
        for (Path folder : folders) {
            try {
                // A folder that was replaced has the same path and another key.
                keys.put(
                        folder.register(
                                service.get(),
                                StandardWatchEventKinds.ENTRY_CREATE,
                                StandardWatchEventKinds.ENTRY_DELETE,
                                StandardWatchEventKinds.ENTRY_MODIFY),
                        folder);
            } catch (IOException e) {
                LOG.debug("`{}` is looked at now and then only", folder, e);
            }
        }
    }

    /** Waits until something changed; false when nothing did for so long, or it was closed. */
    boolean await(Duration longest) throws InterruptedException {
        if (service.isEmpty()) {
            Thread.sleep(longest.toMillis());
            return false;
        }
        long end = System.nanoTime() + longest.toNanos();
        try {
            while (true) {
                long left = end - System.nanoTime();
                WatchKey key = service.get().poll(Math.max(0, left), TimeUnit.NANOSECONDS);
                if (key == null) {
                    return false;
                }
                if (rings(key)) {
                    return true;
                }
            }
        } catch (ClosedWatchServiceException e) {
            return false;
        }
    }

    private boolean rings(WatchKey key) {
        Path folder = keys.get(key);
        boolean rings = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            // Without a name the kernel lost some: then everything is of interest.
            rings |=
                    folder == null
                            || !(event.context() instanceof Path name)
                            || concerns.test(folder, name.toString());
        }
        if (!key.reset()) {
            keys.remove(key);
            return true;
        }
        return rings;
    }

    @Override
    public void close() {
        try {
            if (service.isPresent()) {
                service.get().close();
            }
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
    }
}
