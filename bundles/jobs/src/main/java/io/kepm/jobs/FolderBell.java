package io.kepm.jobs;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a document in a folder may have changed, by the kernel's word (inotify), so that a
 * thousand files are not looked at every few seconds. It says no more than that, and where the
 * kernel tells nothing it says so each time. For use by one thread at a time.
 */
final class FolderBell implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FolderBell.class);

    private final Optional<WatchService> service;
    private final Path folder;
    private @Nullable WatchKey hung;

    private FolderBell(Optional<WatchService> service, Path folder) {
        this.service = service;
        this.folder = folder;
    }

    static FolderBell of(Path folder) {
        try {
            return new FolderBell(Optional.of(FileSystems.getDefault().newWatchService()), folder);
        } catch (IOException e) {
            LOG.warn("the kernel tells no changes of `{}`: it is looked at instead", folder, e);
            return new FolderBell(Optional.empty(), folder);
        }
    }

    /**
     * Whether it rang since it was asked last. What happens after this was called rings for the
     * next time, whatever is at the place of the folder by then.
     */
    boolean rang() {
        if (service.isEmpty()) {
            return true;
        }
        boolean rang = false;
        for (WatchKey key = service.get().poll(); key != null; key = service.get().poll()) {
            for (WatchEvent<?> event : key.pollEvents()) {
                // Without a name the kernel lost some.
                rang |= !(event.context() instanceof Path name) || JobFolder.isDocument(name);
            }
            rang |= !key.reset();
        }
        return !hangs(service.get()) || rang;
    }

    /**
     * Whether it hung where it hangs now all the while. A folder that was replaced has the same
     * path and another key.
     */
    private boolean hangs(WatchService kernel) {
        WatchKey before = hung;
        try {
            hung =
                    folder.register(
                            kernel,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_DELETE,
                            StandardWatchEventKinds.ENTRY_MODIFY);
            return hung.equals(before);
        } catch (IOException e) {
            LOG.debug("`{}` can't be watched now", folder, e);
            hung = null;
            return false;
        }
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
